// @ts-check
'use strict';

const { NotConnectedError, UnauthorizedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** How long a subscription nobody wants is kept (design §4). Milliseconds. */
const REMOVAL_GRACE_MS = 5000;
/** SUBACK: refused (MQTT 3.1.1 §3.9.3). */
const REFUSED = 0x80;

/** @typedef {(error?: any) => void} Callback */

/**
 * The subscriptions an app's listeners need. Each is made at once when it is first wanted, again on every connection,
 * and removed some time after it is no longer wanted: apps remove all listeners and add them again, and a gateway
 * dead-letters messages that are older than their subscription (edge-gateway.md §5).
 */
class Subscriptions {
  #session;
  #connected = false;
  /** @type {Map<string, { granted: boolean, removal?: NodeJS.Timeout, waiting: Callback[] }>} */
  #wanted = new Map();

  /** @param {Pick<import('../session/session').Session, 'subscribe' | 'unsubscribe'>} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} filter
   * @param {Callback} callback Called when granted; while there is no connection, on the next one.
   */
  add(filter, callback) {
    const standing = this.#wanted.get(filter) ?? { granted: false, waiting: [] };
    clearTimeout(standing.removal);
    standing.removal = undefined;
    this.#wanted.set(filter, standing);
    if (standing.granted) {
      process.nextTick(callback, null);
      return;
    }
    standing.waiting.push(callback);
    if (this.#connected && standing.waiting.length === 1) this.#subscribe([filter]);
  }

  /** @param {string} filter */
  remove(filter) {
    const standing = this.#wanted.get(filter);
    if (!standing || standing.removal) return;
    standing.removal = setTimeout(() => {
      this.#wanted.delete(filter);
      // A failure leaves a subscription too many, which does no harm.
      if (this.#connected) this.#session.unsubscribe([filter], () => {});
    }, REMOVAL_GRACE_MS).unref();
  }

  /** A connection stands: everything wanted is subscribed to, also what the gateway may still know. */
  connected() {
    this.#connected = true;
    const filters = [...this.#wanted.keys()];
    if (filters.length > 0) this.#subscribe(filters);
  }

  disconnected() {
    this.#connected = false;
    for (const standing of this.#wanted.values()) standing.granted = false;
  }

  /**
   * No connection will come: those waiting for one are told.
   *
   * @param {Error} error
   */
  abandon(error) {
    for (const { waiting } of this.#wanted.values()) {
      for (const callback of waiting.splice(0)) process.nextTick(callback, error);
    }
  }

  /** @param {string[]} filters */
  #subscribe(filters) {
    this.#session.subscribe(
      filters.map((topic) => ({ topic, qos: 1 })),
      (error, codes) => filters.forEach((filter, index) => this.#answered(filter, error, codes?.[index])),
    );
  }

  /**
   * @param {string} filter
   * @param {any} error
   * @param {number | undefined} code
   */
  #answered(filter, error, code) {
    const standing = this.#wanted.get(filter);
    if (!standing) return;
    const refusal = error ?? (code === undefined || code >= REFUSED ? refused(filter, code) : null);
    // Lost on the way: the next connection asks again.
    if (refusal instanceof NotConnectedError && !this.#connected) return;
    standing.granted = refusal === null;
    for (const callback of standing.waiting.splice(0)) callback(refusal);
  }
}

/**
 * @param {string} filter
 * @param {number | undefined} code
 */
function refused(filter, code) {
  return failure(
    UnauthorizedError,
    'ERR_IOT_SUBSCRIPTION_REFUSED',
    `The gateway refused the subscription to ${quote(filter)} (SUBACK code ${code ?? 'missing'})`,
    { hint: 'Messages from the cloud will not arrive. Check what the device may receive on this gateway.' },
  );
}

module.exports = { Subscriptions };
