// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { inspect } = require('node:util');
const { isDelay } = require('../control/limits');
const { requireKnown } = require('../control/values');
const { assertTopicFits } = require('../mqtt/packets');

/** edgeHub's limits for local calls (MethodRequestValidator.cs), in characters and bytes. */
const MAX_NAME_LENGTH = 100;
const MAX_PAYLOAD_SIZE = 131072;

/**
 * What a device answered: its status, and the payload as it came and as JSON.
 * @typedef {{ status: number, body: Buffer, payload: any }} Answer
 */

/**
 * A call that the device did not answer; described in types/methods.d.ts.
 */
class MethodError extends Error {
  /**
   * @param {400 | 404 | 504} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.name = 'MethodError';
    this.status = status;
  }
}

/** One call of a method of a device, until it is answered or its time is over. */
class MethodCall {
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {(answer: Answer) => void} */
  #resolve = () => {};
  /** @type {(error: MethodError) => void} */
  #reject = () => {};

  /**
   * @param {string} id `d` or `d/m`
   * @param {string} name
   * @param {Buffer | undefined} body JSON; without it the device cannot be sent the call
   * @param {import('../index').MethodOptions} options
   * @throws {TypeError | RangeError} names the argument that cannot be
   */
  constructor(id, name, body, options) {
    const {
      from = 'cloud',
      rid = randomUUID(),
      responseTimeoutMs = 30000,
      connectTimeoutMs = 0,
      ...unknown
    } = options;
    requireKnown('invokeMethod', unknown);
    this.id = id;
    this.name = name;
    this.rid = rid;
    this.from = from;
    this.responseTimeoutMs = responseTimeoutMs;
    this.connectTimeoutMs = connectTimeoutMs;
    this.body = body;
    this.#check();
    /** Whether the device is there, and the call is delivered shortly. */
    this.scheduled = false;
    /** @type {import('../session/client').Client | undefined} whom it was delivered to */
    this.client = undefined;
    /** @type {Promise<Answer>} */
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get topic() {
    return `$iothub/methods/POST/${this.name}/?$rid=${this.rid}`;
  }

  #check() {
    const { id, name, rid, from, responseTimeoutMs, connectTimeoutMs } = this;
    if (typeof name !== 'string' || !/^[^/+#\0]+$/.test(name)) {
      throw new TypeError(`method name ${JSON.stringify(name)} is not one level of a topic`);
    }
    if (typeof rid !== 'string' || !/^[^/+#\0&]+$/.test(rid)) {
      throw new TypeError(`rid ${JSON.stringify(rid)} of method '${name}' cannot stand in a topic`);
    }
    if (from !== 'cloud' && from !== 'module') {
      throw new TypeError(
        `method '${name}' cannot be called by ${JSON.stringify(from)}; 'from' is 'cloud' or 'module'`,
      );
    }
    for (const [option, value] of Object.entries({ responseTimeoutMs, connectTimeoutMs })) {
      if (!isDelay(value)) throw new RangeError(`${option} cannot be ${inspect(value)}`);
    }
    assertTopicFits(`a method call to '${id}'`, this.topic);
    if (from === 'cloud') return;
    if (name.length > MAX_NAME_LENGTH) {
      throw new RangeError(
        `method name for '${id}' has ${name.length} of at most ${MAX_NAME_LENGTH} characters`,
      );
    }
    const size = this.body?.length ?? 0;
    if (size > MAX_PAYLOAD_SIZE) {
      throw new RangeError(`payload of method '${name}' has ${size} of at most ${MAX_PAYLOAD_SIZE} bytes`);
    }
  }

  /**
   * What happens next unless something else does before.
   * @param {number} delayMs
   * @param {() => void} action
   */
  after(delayMs, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delayMs).unref();
  }

  /**
   * @param {Answer} answer
   */
  answer(answer) {
    clearTimeout(this.#timer);
    this.#resolve(answer);
  }

  /**
   * @param {MethodError} error
   */
  fail(error) {
    clearTimeout(this.#timer);
    this.#reject(error);
  }
}

module.exports = { MethodCall, MethodError };
