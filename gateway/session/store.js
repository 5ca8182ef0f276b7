// @ts-check
'use strict';

const { Subscriptions } = require('./subscriptions');

/**
 * Sessions of `clean=0` clients. One is written at the first SUBSCRIBE or UNSUBSCRIBE, not at CONNECT.
 */
class SessionStore {
  constructor() {
    /** @type {Map<string, Subscriptions>} */
    this.sessions = new Map();
  }

  /**
   * @param {string} clientId
   * @param {boolean} clean deletes what is stored
   * @returns {{ present: boolean, subscriptions: Subscriptions }}
   */
  open(clientId, clean) {
    if (clean) this.sessions.delete(clientId);
    const stored = this.sessions.get(clientId);
    return { present: stored !== undefined, subscriptions: stored || new Subscriptions() };
  }

  /**
   * @param {string} clientId
   * @param {Subscriptions} subscriptions
   */
  save(clientId, subscriptions) {
    this.sessions.set(clientId, subscriptions);
  }

  clear() {
    this.sessions.clear();
  }
}

module.exports = { SessionStore };
