// @ts-check
'use strict';

const { guarded } = require('../plumbing/uncaught');
const { InvalidOperationError, NotConnectedError, UnauthorizedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** SUBACK: refused (MQTT 3.1.1 §3.9.3). */
const REFUSED = 0x80;

/** @typedef {import('./topics').Row} Row */
/** @typedef {import('./identity').MqttIdentity} MqttIdentity */
/** @typedef {(error?: any) => void} Callback */

/**
 * What is wanted of a row, and what this connection has granted.
 *
 * @typedef {object} Standing
 * @property {boolean} wanted
 * @property {boolean} asked A SUBSCRIBE is under way; the session repeats it on the next connection.
 * @property {boolean} granted On this connection.
 * @property {number} suspended How many of its filters were given up: 0, its own, or its companion, too.
 * @property {Callback[]} waiting
 */

/**
 * The subscriptions an app's listeners and handlers need: desired, and brought about anew on every connection.
 *
 * Nothing is unsubscribed because a listener has gone. Behind edgeHub the receiver of cloud messages would not start again
 * before the device reconnects, and what the receive under way takes would be dead-lettered (edge-gateway.md §5.1); apps
 * remove all their listeners and add them again. What comes for nobody is held (`c2d/held_messages.js`).
 *
 * Where it can be held no longer, a row is suspended: its filter is removed at an orderly end of the connection, and the
 * messages wait in the hub. Its companion keeps standing: a filter that matches the same topics and switches nothing on,
 * so that at the return messages are not older than their subscription, which would dead-letter them (§5). To return it
 * takes the subscription, and another connection, whose receiver runs.
 */
class Subscriptions {
  #session;
  #reconnect;
  /** Of the connection that stands. @type {MqttIdentity | undefined} */
  #identity;
  /** @type {Map<Row, Standing>} */
  #rows = new Map();

  /**
   * @param {Pick<import('../session/session').Session, 'subscribe' | 'unsubscribe'>} session
   * @param {() => void} reconnect Ends the connection in order and makes it anew, without a gap for the app.
   */
  constructor(session, reconnect) {
    this.#session = session;
    this.#reconnect = reconnect;
  }

  /**
   * @param {Row} row
   * @param {Callback} callback Called when granted; while there is no connection, on the next one.
   */
  add(row, callback) {
    const standing = this.#standingOf(row);
    standing.wanted = true;
    if (standing.granted && standing.suspended === 0) {
      process.nextTick(callback, null);
      return;
    }
    standing.waiting.push(callback);
    if (this.#identity && !standing.asked) this.#subscribe(row, standing, this.#identity);
  }

  /** @param {Row} row From the next connection on it is not asked for. */
  remove(row) {
    const standing = this.#rows.get(row);
    if (!standing) return;
    standing.wanted = false;
    for (const callback of standing.waiting.splice(0)) process.nextTick(callback, null);
  }

  /**
   * What comes by the row can be held no longer.
   *
   * @param {Row} row
   */
  suspend(row) {
    const identity = this.#identity;
    if (!identity) return;
    const standing = this.#standingOf(row);
    // A broker whose companions are subscriptions like others goes on sending: then that is removed, too.
    const filter = standing.suspended === 0 ? filterOf(row, identity) : row.companion?.(identity);
    if (filter === undefined || standing.suspended > 1) return;
    standing.suspended += 1;
    this.#session.unsubscribe([filter], (error) => {
      if (!error && this.#identity === identity) this.#reconnect();
    });
  }

  /**
   * A connection stands: everything wanted is subscribed to, also what the gateway may still know.
   *
   * @param {MqttIdentity} identity
   */
  connected(identity) {
    this.#identity = identity;
    for (const [row, standing] of this.#rows) {
      standing.granted = false;
      if (standing.suspended > 0 && standing.waiting.length === 0) this.#keepAge(row, standing, identity);
      else if (standing.wanted && !standing.asked) this.#subscribe(row, standing, identity);
    }
  }

  disconnected() {
    this.#identity = undefined;
    for (const standing of this.#rows.values()) standing.granted = false;
  }

  /** The connection is about to be closed: the next one, of another process maybe, finds all filters in place. */
  closing() {
    const identity = this.#identity;
    if (!identity) return;
    for (const [row, { suspended }] of this.#rows) {
      const topic = suspended > 0 ? filterOf(row, identity) : undefined;
      if (topic !== undefined) this.#session.subscribe([{ topic, qos: row.qos }], () => {});
    }
  }

  /**
   * No connection will come: those waiting for one are told.
   *
   * @param {Error} error
   */
  fail(error) {
    for (const { waiting } of this.#rows.values()) {
      for (const callback of waiting.splice(0)) process.nextTick(callback, error);
    }
  }

  /** @param {Row} row @returns {Standing} */
  #standingOf(row) {
    const known = this.#rows.get(row);
    if (known) return known;
    /** @type {Standing} */
    const standing = { wanted: false, asked: false, granted: false, suspended: 0, waiting: [] };
    this.#rows.set(row, standing);
    return standing;
  }

  /**
   * @param {Row} row
   * @param {Standing} standing
   * @param {MqttIdentity} identity
   */
  #subscribe(row, standing, identity) {
    const topic = filterOf(row, identity);
    if (topic === undefined) {
      for (const callback of standing.waiting.splice(0)) process.nextTick(callback, notOfThisKind(identity));
      return;
    }
    standing.asked = true;
    this.#keepAge(row, standing, identity);
    // A packet for each: whoever answers counts on one code.
    this.#session.subscribe([{ topic, qos: row.qos }], (error, codes) => {
      standing.asked = false;
      // Given up with its connection: the next one asks again.
      if (error instanceof NotConnectedError && this.#identity === undefined) return;
      const refusal = error ?? refusalOf(topic, codes?.[0]);
      standing.granted = refusal === null;
      const returned = standing.granted && standing.suspended > 0;
      if (returned) standing.suspended = 0;
      // Behind a gateway only the receiver of another connection runs: there it is asked for again, and answered.
      if (returned && row.companion?.(identity)) this.#reconnect();
      else for (const callback of standing.waiting.splice(0)) guarded(callback, refusal);
    });
  }

  /**
   * @param {Row} row
   * @param {Standing} standing
   * @param {MqttIdentity} identity
   */
  #keepAge(row, { suspended }, identity) {
    const topic = suspended > 1 ? undefined : row.companion?.(identity);
    if (topic !== undefined) this.#session.subscribe([{ topic, qos: row.qos }], () => {});
  }
}

/**
 * @param {Row} row
 * @param {MqttIdentity} identity
 */
function filterOf(row, identity) {
  const prefix = row.prefix(identity);
  return prefix === undefined ? undefined : `${prefix}#`;
}

/**
 * For what the other kind of identity has.
 *
 * @param {MqttIdentity} identity
 */
function notOfThisKind({ clientId, inputsTopic }) {
  if (inputsTopic !== undefined) {
    const message = `${quote(clientId)} is a module: the cloud sends messages to devices only`;
    return failure(InvalidOperationError, 'ERR_IOT_NOT_A_DEVICE', message, {
      hint: 'What a module is sent comes to its inputs: use ModuleClient, and listen to inputMessage.',
    });
  }
  const message = `${quote(clientId)} is a device: only modules have inputs`;
  return failure(InvalidOperationError, 'ERR_IOT_NOT_A_MODULE', message, {
    hint: 'Use Client, and listen to message; or the connection string of a module, which has a ModuleId.',
  });
}

/**
 * @param {string} filter
 * @param {number | undefined} code
 * @returns {Error | null}
 */
function refusalOf(filter, code) {
  if (code !== undefined && code < REFUSED) return null;
  return failure(
    UnauthorizedError,
    'ERR_IOT_SUBSCRIPTION_REFUSED',
    `The gateway refused the subscription to ${quote(filter)} (SUBACK code ${code ?? 'missing'})`,
    { hint: 'Messages from the cloud will not arrive. Check what the device may receive on this gateway.' },
  );
}

module.exports = { Subscriptions };
