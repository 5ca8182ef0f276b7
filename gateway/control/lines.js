// @ts-check
'use strict';

const { bytesOf } = require('../faults/commit');
const { assertBytes } = require('../faults/points');
const { assertTopicFits } = require('../mqtt/packets');
const { isName, requireValue } = require('./values');

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
    requireValue('cut', { how }, "'fin' or 'rst'", (value) => value === 'fin' || value === 'rst');
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
    return this.#each(clientId, (connection) => connection.wire.send(bytesOf(bytes)));
  }

  /**
   * @param {string} clientId
   * @param {string} topic
   * @param {Uint8Array | string} payload
   * @param {0 | 1} qos
   */
  publish(clientId, topic, payload, qos) {
    requireValue('publish', { qos }, '0 or 1', (value) => value === 0 || value === 1);
    requireValue('publish', { topic }, 'a string, not empty', isName);
    assertTopicFits(`a message to '${clientId}'`, topic);
    const body = Buffer.from(payload);
    return this.#each(clientId, ({ client }) => client?.publish(topic, body, qos));
  }

  /**
   * @param {string} clientId
   * @param {(connection: Connection) => void} action
   * @throws {RangeError} nobody of that id is known
   */
  #each(clientId, action) {
    const connections = this.#registry.ofClient(clientId);
    // Without one, who is meant must be known. A module that only its device vouched for is not, and may be there.
    if (connections.length === 0) this.#scope.get(clientId);
    connections.forEach(action);
    return connections.length;
  }
}

module.exports = { Lines };
