// @ts-check
'use strict';

const { admit } = require('../identity/admission');
const { authenticationOf } = require('../identity/authenticator');
const { Refusal } = require('../identity/refusal');
const { userAgentOf } = require('../identity/user_agent');
const packets = require('../mqtt/packets');
const { Client } = require('../session/client');
const { ENDS } = require('./endings');

/**
 * @typedef {import('./connection').Connection} Connection
 * @typedef {import('../mqtt/packets').ConnectPacket} ConnectPacket
 * @typedef {import('../index').Disturbance} Disturbance
 * @typedef {import('../index').Ending} Ending
 */

/** From CONNECT to CONNACK: who the client is, and whether it is served. */
class Opening {
  #connection;
  /** @type {import('../identity/authenticator').Credentials | undefined} of the CONNECT */
  #credentials;

  /**
   * @param {Connection} connection
   */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * @param {ConnectPacket} packet
   */
  take(packet) {
    const connection = this.#connection;
    const { clientId, keepalive, clean, username = '' } = packet;
    Object.assign(connection.info, { clientId, keepAlive: keepalive, cleanSession: clean });
    const userAgent = userAgentOf(username);
    if (userAgent !== undefined) connection.info.userAgent = userAgent;
    const fault = connection.surroundings.faults.at('connack', connection.info);
    const { code = 0 } = typeof fault === 'object' ? fault : {};
    connection.state = 'deciding';
    clearTimeout(connection.timer);
    connection.commit(fault, () => {
      if (code === 0) this.#decide(packet);
      else this.refuse(new Refusal(code, `fault: CONNACK ${code}`));
    });
  }

  /**
   * @param {ConnectPacket} packet
   */
  #decide(packet) {
    const { info, surroundings, wire } = this.#connection;
    const { limits, link } = surroundings;
    this.#credentials = { password: packet.password, certificates: wire.clientCertificates };
    info.authentication = authenticationOf(this.#credentials);
    const verdict = this.#judge(packet);
    const lookUpMs = link.online ? limits.refusalDelayMs : limits.refusalDelayOfflineMs;
    if (!verdict.slow) this.#conclude(packet, verdict);
    // What changed while the hub was asked counts.
    else this.#connection.after(lookUpMs, () => this.#conclude(packet, this.#judge(packet)));
  }

  /**
   * @param {ConnectPacket} packet
   */
  #judge(packet) {
    const { authenticator, hosts, strict } = this.#connection.surroundings;
    const credentials = /** @type {import('../identity/authenticator').Credentials} */ (this.#credentials);
    try {
      return admit(packet, credentials, { authenticator, strict, hosts: hosts() });
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /**
   * @param {ConnectPacket} packet
   * @param {ReturnType<typeof admit> | Refusal} verdict
   */
  #conclude(packet, verdict) {
    if (verdict instanceof Refusal) this.refuse(verdict);
    else this.#accept(verdict.identity, packet);
  }

  /**
   * CONNACK 0 goes out first; only then an older connection of the same id is closed.
   * @param {import('../identity/username').Identity} identity
   * @param {ConnectPacket} packet
   */
  #accept(identity, { will }) {
    const connection = this.#connection;
    const { info, surroundings, wire } = connection;
    const { emit, faults, limits, registry } = surroundings;
    const line = {
      send: (/** @type {Buffer} */ bytes) => connection.send(bytes),
      commit: (
        /** @type {Ending | 'silent' | Disturbance | undefined} */ fault,
        /** @type {() => void} */ proceed,
      ) => connection.commit(fault, proceed),
    };
    const client = new Client(identity, info, line, surroundings);
    connection.client = client;
    connection.will = will;
    connection.state = 'connected';
    const { deviceId, moduleId } = identity;
    const { sessionPresent } = client;
    Object.assign(info, { deviceId, moduleId, sessionPresent, connectedAt: new Date() });
    connection.send(packets.connack(0, sessionPresent));
    wire.flush();
    connection.keepAlive.watch(info.keepAlive ?? 0, limits.maxKeepAliveMs);
    const served = registry.bind(identity.clientId, connection);
    emit('connected', info);
    if (served) client.serve();
    connection.commit(faults.at('connected', info), () => {});
    connection.pump();
  }

  /**
   * @param {Refusal} refusal
   */
  refuse({ returnCode, message }) {
    this.#connection.wire.send(packets.connack(returnCode, false));
    this.#connection.end(message, ENDS.CLOSED, { returnCode });
  }

  /** Checks the credentials again: expired, key or thumbprint changed, device disabled or removed. */
  repeat() {
    const { client, surroundings } = this.#connection;
    if (!client || !this.#credentials) return;
    try {
      surroundings.authenticator.authenticate(client.identity, this.#credentials);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#connection.end(error.message, ENDS.CLOSED);
    }
  }
}

module.exports = { Opening };
