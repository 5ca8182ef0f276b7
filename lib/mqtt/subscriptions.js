// @ts-check
'use strict';

const { NotConnectedError, UnauthorizedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** How long a subscription nobody wants is kept (design §4). Milliseconds. */
const REMOVAL_GRACE_MS = 5000;
/** SUBACK: refused (MQTT 3.1.1 §3.9.3). */
const REFUSED = 0x80;

/** @typedef {import('./topics').Row} Row */
/** @typedef {import('./identity').MqttIdentity} MqttIdentity */
/** @typedef {(error?: any) => void} Callback */

/**
 * The subscriptions an app's listeners need. Each is made at once when it is first wanted, again on every connection,
 * and removed some time after it is no longer wanted: apps remove all listeners and add them again, and a gateway
 * dead-letters messages that are older than their subscription (edge-gateway.md §5).
 */
class Subscriptions {
  #session;
  /** Of the connection that stands. @type {MqttIdentity | undefined} */
  #identity;
  /** @type {Map<Row, { granted: boolean, removal?: NodeJS.Timeout, waiting: Callback[] }>} */
  #wanted = new Map();

  /** @param {Pick<import('../session/session').Session, 'subscribe' | 'unsubscribe'>} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {Row} row
   * @param {Callback} callback Called when granted; while there is no connection, on the next one.
   */
  add(row, callback) {
    const standing = this.#wanted.get(row) ?? { granted: false, waiting: [] };
    clearTimeout(standing.removal);
    standing.removal = undefined;
    this.#wanted.set(row, standing);
    if (standing.granted) {
      process.nextTick(callback, null);
      return;
    }
    standing.waiting.push(callback);
    if (this.#identity && standing.waiting.length === 1) this.#subscribe([row], this.#identity);
  }

  /** @param {Row} row */
  remove(row) {
    const standing = this.#wanted.get(row);
    if (!standing || standing.removal) return;
    if (this.#identity === undefined) {
      this.#wanted.delete(row);
      for (const callback of standing.waiting) process.nextTick(callback, null);
      return;
    }
    standing.removal = setTimeout(() => {
      this.#wanted.delete(row);
      // A failure leaves a subscription too many, which does no harm.
      if (this.#identity) this.#session.unsubscribe([filterOf(row, this.#identity)], () => {});
    }, REMOVAL_GRACE_MS).unref();
  }

  /**
   * A connection stands: everything wanted is subscribed to, also what the gateway may still know.
   *
   * @param {MqttIdentity} identity
   */
  connected(identity) {
    this.#identity = identity;
    if (this.#wanted.size > 0) this.#subscribe([...this.#wanted.keys()], identity);
  }

  disconnected() {
    this.#identity = undefined;
    for (const standing of this.#wanted.values()) standing.granted = false;
  }

  /**
   * No connection will come: those waiting for one are told.
   *
   * @param {Error} error
   */
  fail(error) {
    for (const { waiting } of this.#wanted.values()) {
      for (const callback of waiting.splice(0)) process.nextTick(callback, error);
    }
  }

  /**
   * @param {Row[]} rows
   * @param {MqttIdentity} identity
   */
  #subscribe(rows, identity) {
    const filters = rows.map((row) => ({ topic: filterOf(row, identity), qos: row.qos }));
    this.#session.subscribe(filters, (error, codes) =>
      rows.forEach((row, index) => this.#answered(row, filters[index].topic, error, codes?.[index])),
    );
  }

  /**
   * @param {Row} row
   * @param {string} filter
   * @param {any} error
   * @param {number | undefined} code
   */
  #answered(row, filter, error, code) {
    const standing = this.#wanted.get(row);
    if (!standing) return;
    const refusal = error ?? (code === undefined || code >= REFUSED ? refused(filter, code) : null);
    // Lost on the way: the next connection asks again.
    if (refusal instanceof NotConnectedError && this.#identity === undefined) return;
    standing.granted = refusal === null;
    for (const callback of standing.waiting.splice(0)) callback(refusal);
  }
}

/**
 * @param {Row} row
 * @param {MqttIdentity} identity
 */
function filterOf(row, identity) {
  return `${row.prefix(identity)}#`;
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
