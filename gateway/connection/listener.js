// @ts-check
'use strict';

const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const { Connection } = require('./connection');

/** As edgeHub's (contract edge-gateway.md §1). */
const BACKLOG = 200;

/**
 * @typedef {object} ListenerOptions
 * @property {string} host
 * @property {tls.SecureVersion} minVersion
 * @property {tls.SecureVersion} maxVersion
 * @property {boolean} cleanClose
 */

/** Accepts TCP connections, with one certificate for all names (§6.1). */
class Listener {
  /**
   * @param {ListenerOptions} options
   * @param {import('./connection').Surroundings} surroundings
   */
  constructor(options, surroundings) {
    this.options = options;
    this.surroundings = surroundings;
    this.accepted = 0;
    /** @type {Set<net.Socket>} every open socket, whatever its state */
    this.sockets = new Set();
  }

  /**
   * @param {number} port 0 for any
   * @param {import('../index').Chain} chain
   * @returns {Promise<number>} port
   */
  async listen(port, chain) {
    const { minVersion, maxVersion, cleanClose, host } = this.options;
    const secureContext = tls.createSecureContext({
      cert: chain.chainPem,
      key: chain.serverKeyPem,
      minVersion,
      maxVersion,
      // The usual suites, and at this level also certificates that OpenSSL would not present: faulty ones are the point.
      ciphers: `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0`,
      // Without it OpenSSL refuses to resume sessions once a client certificate was asked for.
      sessionIdContext: 'edgeHub',
    });
    this.server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.accept(socket, { secureContext, cleanClose }),
    );
    this.server.listen({ port, host, backlog: BACKLOG });
    await once(this.server, 'listening');
    return /** @type {net.AddressInfo} */ (this.server.address()).port;
  }

  /**
   * @param {net.Socket} socket
   * @param {{ secureContext: tls.SecureContext, cleanClose: boolean }} security
   */
  accept(socket, security) {
    const connectionNumber = ++this.accepted;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const fault = this.surroundings.faults.accept(connectionNumber);
    if (fault === 'refuse') socket.resetAndDestroy();
    else if (fault === 'silent') {
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.destroy());
      socket.resume();
    } else new Connection(socket, connectionNumber, security, this.surroundings);
  }

  /** Stops listening and drops every connection at once, as when the process dies. */
  async close() {
    const { server } = this;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}

module.exports = { Listener };
