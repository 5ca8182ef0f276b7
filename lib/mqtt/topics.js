// @ts-check
'use strict';

/**
 * One feature on the wire: which topics are its own, and what becomes of what comes there.
 *
 * @typedef {object} Row
 * @property {0 | 1} qos Asked for with the subscription.
 * @property {(identity: import('./identity').MqttIdentity) => string | undefined} prefix Its topics begin so; `prefix#` is
 *   what it subscribes to. `undefined`: such an identity has none.
 * @property {(identity: import('./identity').MqttIdentity) => string | undefined} [companion] A filter that matches the
 *   same topics and switches nothing on at the gateway, see `Subscriptions`.
 * @property {(rest: string, payload: Buffer, settle: () => void) => void} receive `rest` is what follows the prefix;
 *   `settle` acknowledges the message, once it is dealt with.
 */

/** The table topic → feature. */
class Topics {
  #rows;
  /** The identity the prefixes below are for. @type {import('./identity').MqttIdentity | undefined} */
  #identity;
  /** @type {{ prefix: string | undefined, row: Row }[]} */
  #prefixes = [];

  /** @param {Row[]} rows */
  constructor(rows) {
    this.#rows = rows;
  }

  /**
   * @param {import('./identity').MqttIdentity} identity Of the connection the message came by.
   * @param {string} topic
   * @param {Buffer} payload
   * @param {() => void} settle
   */
  receive(identity, topic, payload, settle) {
    if (identity !== this.#identity) {
      this.#identity = identity;
      this.#prefixes = this.#rows.map((row) => ({ prefix: row.prefix(identity), row }));
    }
    for (const { prefix, row } of this.#prefixes) {
      if (prefix === undefined || !topic.startsWith(prefix)) continue;
      row.receive(topic.slice(prefix.length), payload, settle);
      return;
    }
    // Nobody's message, of a subscription an earlier program left behind: others must not wait for it.
    settle();
  }
}

/**
 * The end of a topic of twins and methods.
 *
 * @param {string} query `$rid=1&$version=2`
 * @returns {Record<string, string>}
 */
function queryOf(query) {
  return Object.fromEntries(query.split('&').map((pair) => pair.split(/=(.*)/s, 2)));
}

module.exports = { Topics, queryOf };
