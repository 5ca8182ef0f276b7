// @ts-check
'use strict';

const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const { Arrival } = require('../faults/arrival');
const { ClientChains } = require('./client_chains');
const { Connection } = require('./connection');

/** As edgeHub's. */
const BACKLOG = 200;

/**
 * @typedef {object} ListenerOptions
 * @property {string} host
 * @property {tls.SecureVersion} minVersion
 * @property {tls.SecureVersion} maxVersion
 * @property {boolean} cleanClose
 * @property {'optional' | 'required' | 'none'} clientCertificate
 *
 * What a port takes: MQTT as it is, HTTP, or whichever comes.
 * @typedef {'mqtt' | 'http' | 'either'} Speech
 *
 * What all connections of a port have in common.
 * @typedef {import('./wire').Security & { speech: Speech, plain?: boolean }} Door
 */

/** Accepts TCP connections, with one certificate for all names and ports. */
class Listener {
  /**
   * @param {ListenerOptions} options
   * @param {import('../control/surroundings').Surroundings} surroundings
   */
  constructor(options, surroundings) {
    this.options = options;
    this.surroundings = surroundings;
    this.accepted = 0;
    /** @type {net.Server[]} */
    this.servers = [];
    /** @type {Set<net.Socket>} every open socket, whatever its state */
    this.sockets = new Set();
  }

  /**
   * @param {import('../index').Chain} chain
   * @returns {tls.SecureContext}
   * @throws {Error} OpenSSL's: the certificates or the key cannot be read, or do not belong together
   */
  secureContextFor({ chainPem, serverKeyPem }) {
    const { minVersion, maxVersion } = this.options;
    return tls.createSecureContext({
      cert: chainPem,
      key: serverKeyPem,
      minVersion,
      maxVersion,
      // The usual suites, and at this level also certificates that OpenSSL would not present: faulty ones are the point.
      ciphers: `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0`,
      // Without it OpenSSL refuses to resume sessions once a client certificate was asked for.
      sessionIdContext: 'edgeHub',
    });
  }

  /**
   * @param {object} ports 0 for any
   * @param {number} ports.port for MQTT
   * @param {number | 'same'} ports.webSocketPort for HTTP; `same`, or the same number, shares one port
   * @param {tls.SecureContext} secureContext
   * @returns {Promise<{ port: number, webSocketPort: number }>}
   */
  async listen({ port, webSocketPort }, secureContext) {
    const { cleanClose, clientCertificate } = this.options;
    const security = { secureContext, clientChains: new ClientChains(), clientCertificate, cleanClose };
    const open = (/** @type {number} */ number, /** @type {Speech} */ speech) =>
      this.open(number, { ...security, speech });
    if (webSocketPort === 'same' || (port !== 0 && webSocketPort === port)) {
      const shared = await open(port, 'either');
      return { port: shared, webSocketPort: shared };
    }
    const mqttPort = await open(port, 'mqtt');
    try {
      return { port: mqttPort, webSocketPort: await open(webSocketPort, 'http') };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * @param {number} port
   * @param {Door} door
   * @returns {Promise<number>} port
   */
  async open(port, door) {
    const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.accept(socket, door),
    );
    server.listen({ port, host: this.options.host, backlog: BACKLOG });
    await once(server, 'listening');
    this.servers.push(server);
    return /** @type {net.AddressInfo} */ (server.address()).port;
  }

  /**
   * @param {net.Socket} socket
   * @param {Door} door
   */
  accept(socket, door) {
    const connectionNumber = ++this.accepted;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    new Arrival(socket, connectionNumber, this.surroundings, ({ plain }) => {
      new Connection(socket, connectionNumber, { ...door, plain }, this.surroundings);
    });
  }

  /** Stops listening and drops every connection at once, as when the process dies. */
  async close() {
    const servers = this.servers.splice(0);
    const closed = Promise.all(servers.map((server) => once(server, 'close')));
    servers.forEach((server) => server.close());
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}

module.exports = { Listener };
