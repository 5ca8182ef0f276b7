// @ts-check
'use strict';

const { MethodCall, MethodError } = require('./call');
const { answerOf } = require('./response');

/**
 * @typedef {import('../session/client').Client} Client
 *
 * @typedef {object} Surroundings
 * @property {import('../cloud/link').Link} link
 * @property {import('../faults/faults').Faults} faults
 * @property {(id: string) => Client | undefined} clientOf the connected client that is served
 * @property {number} deliveryDelayMs from the subscription to a call that waits for it
 * @property {(event: string, detail: object) => void} emit
 */

/** Calls of direct methods, from the cloud and from local modules (InvokeMethodHandler.cs, DeviceMessageHandler.cs). */
class Calls {
  #surroundings;
  /** @type {Set<MethodCall>} for a device that can take them, or for the delay after it is there */
  #waiting = new Set();
  /** @type {Map<string, MethodCall>} delivered, by request id in lower case */
  #delivered = new Map();

  /**
   * @param {Surroundings} surroundings
   */
  constructor(surroundings) {
    this.#surroundings = surroundings;
    surroundings.link.on('change', () => this.#waiting.forEach((call) => this.#schedule(call)));
  }

  /**
   * @param {string} id `d` or `d/m`
   * @param {string} name
   * @param {Buffer | undefined} body JSON
   * @param {import('../index').MethodOptions} options
   * @returns {Promise<import('./call').Answer>} rejects with a MethodError
   * @throws {TypeError | RangeError} names the argument that cannot be
   */
  invoke(id, name, body, options) {
    const call = new MethodCall(id, name, body, options);
    const { rid, connectTimeoutMs } = call;
    if (this.#isInUse(rid)) throw new RangeError(`rid '${rid}' is in use by another call`);
    const receiver = this.#receiverOf(call);
    if (receiver) this.#deliver(call, receiver);
    else if (connectTimeoutMs === 0) this.#unreachable(call);
    else {
      this.#waiting.add(call);
      call.after(connectTimeoutMs, () => this.#unreachable(call));
    }
    return call.outcome;
  }

  /**
   * @param {string} rid
   */
  #isInUse(rid) {
    const id = rid.toLowerCase();
    return this.#delivered.has(id) || [...this.#waiting].some((call) => call.rid.toLowerCase() === id);
  }

  /**
   * A client is there, or its subscriptions have changed.
   * @param {string} id
   */
  arrived(id) {
    if (this.#waiting.size === 0) return;
    this.#waiting.forEach((call) => call.id === id && this.#schedule(call));
  }

  /**
   * Takes the answer of a device, which must come on the connection that the call went to.
   * @param {import('./response').Response} response
   * @param {Buffer} payload a view
   * @param {Client} client
   * @returns {boolean} whether a call waited for it
   */
  take({ status, rid }, payload, client) {
    const call = this.#delivered.get(rid.toLowerCase());
    if (call?.client !== client) return false;
    this.#delivered.delete(rid.toLowerCase());
    const answer = answerOf(status, payload);
    call.answer(answer);
    this.#report(call, answer);
    return true;
  }

  /** The gateway closes. */
  stop() {
    this.#waiting.forEach((call) => this.#unreachable(call));
    this.#delivered.forEach((call) => this.#unanswered(call, 'before the gateway closed'));
  }

  /**
   * Who can take a call at present: connected, subscribed and, for the cloud, reached by it.
   * @param {MethodCall} call
   * @returns {Client | undefined}
   */
  #receiverOf({ id, from }) {
    const { link, clientOf } = this.#surroundings;
    if (from === 'cloud' && !link.online) return;
    const client = clientOf(id);
    return client?.subscriptions.has('methods') ? client : undefined;
  }

  /**
   * Delivers a waiting call a little later if it can be delivered; from then on its connect timeout is over.
   * @param {MethodCall} call
   */
  #schedule(call) {
    if (call.scheduled || !this.#receiverOf(call)) return;
    call.scheduled = true;
    call.after(this.#surroundings.deliveryDelayMs, () => {
      const receiver = this.#receiverOf(call);
      if (receiver) this.#deliver(call, receiver);
      else this.#unreachable(call);
    });
  }

  /**
   * @param {MethodCall} call
   * @param {Client} client
   */
  #deliver(call, client) {
    const { id, name, rid, responseTimeoutMs } = call;
    this.#waiting.delete(call);
    if (!call.body) return this.#fail(call, new MethodError(400, `method '${name}' has no payload`));
    call.client = client;
    this.#delivered.set(rid.toLowerCase(), call);
    call.after(responseTimeoutMs, () => this.#unanswered(call));
    const fault = this.#surroundings.faults.at('method', { id, name, rid }, client.info);
    if (fault === 'silent') return;
    const body = typeof fault === 'object' && fault.body !== undefined ? Buffer.from(fault.body) : call.body;
    client.deliver(call.topic, body);
    if (fault === 'duplicate') client.deliver(call.topic, body);
  }

  /**
   * @param {MethodCall} call
   */
  #unreachable(call) {
    this.#waiting.delete(call);
    const { id, name, from } = call;
    const offline = from === 'cloud' && !this.#surroundings.link.online;
    const reason = offline ? 'the cloud is out of reach' : 'it is not connected and subscribed to methods';
    this.#fail(call, new MethodError(404, `method '${name}' did not reach '${id}': ${reason}`));
  }

  /**
   * @param {MethodCall} call
   * @param {string} [when]
   */
  #unanswered(call, when = `within ${call.responseTimeoutMs} ms`) {
    const { id, name, rid } = call;
    this.#delivered.delete(rid.toLowerCase());
    this.#fail(call, new MethodError(504, `'${id}' did not answer method '${name}' ${when}`));
  }

  /**
   * @param {MethodCall} call
   * @param {MethodError} error
   */
  #fail(call, error) {
    call.fail(error);
    this.#report(call, { status: error.status, payload: undefined });
  }

  /**
   * @param {MethodCall} call
   * @param {{ status: number, payload: unknown }} outcome
   */
  #report({ id, name, rid, from }, { status, payload }) {
    this.#surroundings.emit('method', { id, name, rid, from, status, payload });
  }
}

module.exports = { Calls };
