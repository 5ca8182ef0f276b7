// @ts-check
'use strict';

const { inspect } = require('node:util');
const { bytesOf } = require('../faults/commit');
const { assertBytes } = require('../faults/points');
const { assertTopicFits } = require('../mqtt/packets');

/**
 * @typedef {import('../connection/connection').Connection} Connection
 */

/** What can be done to the connections of a client at any time; each returns to how many it was done. */
class Lines {
  #registry;
  #scope;

  /**
   * @param {Pick<import('./assembly').Rooms, 'registry' | 'scope'>} rooms
   */
  constructor({ registry, scope }) {
    this.#registry = registry;
    this.#scope = scope;
  }

  /**
   * @param {string} clientId
   * @param {'fin' | 'rst'} how
   */
  cut(clientId, how) {
    if (how !== 'fin' && how !== 'rst') {
      throw new TypeError(`cut: how cannot be ${inspect(how)}; it is 'fin' or 'rst'`);
    }
    return this.#each(clientId, (connection) => connection.cut(how === 'rst' ? 'reset' : 'cut'));
  }

  /**
   * @param {string} clientId
   */
  freeze(clientId) {
    return this.#each(clientId, (connection) => connection.freeze());
  }

  /**
   * @param {string} clientId
   * @param {Uint8Array | string} bytes
   */
  inject(clientId, bytes) {
    assertBytes('inject: bytes', bytes);
    this.#scope.get(clientId);
    return this.#each(clientId, (connection) => connection.wire.send(bytesOf(bytes)));
  }

  /**
   * @param {string} clientId
   * @param {string} topic
   * @param {Uint8Array | string} payload
   * @param {0 | 1} qos
   */
  publish(clientId, topic, payload, qos) {
    if (qos !== 0 && qos !== 1) throw new TypeError(`publish: qos cannot be ${inspect(qos)}; it is 0 or 1`);
    if (typeof topic !== 'string' || topic === '') {
      throw new TypeError(`publish: topic cannot be ${inspect(topic)}; it is a string, not empty`);
    }
    assertTopicFits(`a message to '${clientId}'`, topic);
    this.#scope.get(clientId);
    const body = Buffer.from(payload);
    return this.#each(clientId, ({ client }) => client?.publish(topic, body, qos));
  }

  /**
   * @param {string} clientId
   * @param {(connection: Connection) => void} action
   */
  #each(clientId, action) {
    const connections = this.#registry.ofClient(clientId);
    connections.forEach(action);
    return connections.length;
  }
}

module.exports = { Lines };
