// @ts-check
'use strict';

const { ENDS } = require('./endings');

/**
 * @typedef {import('./connection').Connection} Connection
 */

/** All connections, and which of them serves each client id (ConnectionManager.cs). */
class Registry {
  /**
   * @param {number} maxClients
   */
  constructor(maxClients) {
    this.maxClients = maxClients;
    /** @type {Set<Connection>} */
    this.all = new Set();
    /** @type {Map<string, Connection>} by client id */
    this.serving = new Map();
    /**
     * Client ids that were served since the gateway's start, which has an entry for each and removes none: the limit is
     * for new ones.
     * @type {Set<string>}
     */
    this.known = new Set();
  }

  /**
   * Lets an admitted connection serve its client; an older one of the same id is taken over.
   * @param {string} clientId
   * @param {Connection} connection
   * @returns {boolean} false: the id is new, and the gateway has all the clients it can serve
   */
  bind(clientId, connection) {
    const older = this.serving.get(clientId);
    if (!this.known.has(clientId) && this.serving.size >= this.maxClients) return false;
    this.known.add(clientId);
    this.serving.set(clientId, connection);
    older?.end('taken over by a new connection of the same id', ENDS.CLOSED, { takenOver: true });
    return true;
  }

  /**
   * @param {Connection} connection that has ended
   */
  remove(connection) {
    this.all.delete(connection);
    const { clientId = '' } = connection.info;
    if (this.serving.get(clientId) === connection) this.serving.delete(clientId);
  }

  /**
   * @param {string} clientId
   * @returns {Connection[]} admitted connections of that client
   */
  ofClient(clientId) {
    return [...this.all].filter(({ client }) => client?.identity.clientId === clientId);
  }

  /**
   * @param {string} clientId
   * @returns {Connection[]} admitted connections of that client and, if it is a device, of its modules
   */
  ofFamily(clientId) {
    return [...this.all].filter(({ client }) => {
      return client?.identity.clientId === clientId || client?.identity.deviceId === clientId;
    });
  }
}

module.exports = { Registry };
