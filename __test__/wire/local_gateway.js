'use strict';

const { Mqtt, MqttWs } = require('../..');
const { startGateway } = require('../../gateway');
const { HUB, KEY } = require('./identity');
const { Record } = require('./record');
const { Relay } = require('./relay');

/** The local gateway behind the seam of `brokers.js`. */
class LocalGateway extends Record {
  static label = 'the local gateway';
  /** What a client is given to reach it by. */
  Transport = Mqtt;
  /** Further faults of the gateway, asked for each case. @type {import('../../gateway').Faults} */
  faults = {};
  #options;

  /** @param {import('./brokers').BrokerOptions} options */
  constructor({ tlsVersion, limits } = {}) {
    super();
    this.#options = { limits, keep: 0, hubHostName: HUB, hostname: 'localhost' };
    if (tlsVersion) Object.assign(this.#options, { minVersion: tlsVersion, maxVersion: tlsVersion });
  }

  /** @param {import('../../gateway').Chain} chain */
  async start(chain) {
    this.chain = chain;
    this.gateway = await startGateway({ ...this.#options, chain });
    this.#listen();
    this.relay = await new Relay(this.port).listen();
  }

  get port() {
    return this.gateway.port;
  }

  /** Makes a device known. */
  register(deviceId) {
    this.gateway.addDevice({ deviceId, primaryKey: KEY });
  }

  /**
   * @param {string} deviceId
   * @param {string | Buffer} body
   * @param {import('../../gateway').C2DOptions} [options]
   */
  sendC2D(deviceId, body, options) {
    const { deliveryCount } = this.gateway.sendC2D(deviceId, body, options);
    // EdgeHub gives every C2D message packet id 1.
    if (deliveryCount === 1) this.add('sent', { clientId: deviceId, packetId: 1 });
  }

  /** The process dies and is started again: with or without its sessions, another chain, or a device's key changed. */
  async restart({ sessions = true, refuse, chain = this.chain } = {}) {
    this.relay.refuse();
    const restarted = this.gateway.restart({ keepSessions: sessions, chain });
    if (refuse) this.gateway.rotateKeys(refuse);
    await restarted;
    this.chain = chain;
    this.relay.admit();
  }

  async stop() {
    await this.relay?.close();
    await this.gateway?.close();
  }

  #listen() {
    let current;
    this.gateway.faults = {
      publish: (n, packet, { clientId }) => {
        const { topic, qos, dup, packetId, payload } = packet;
        current = { topic, payload: Buffer.from(payload) };
        this.add('publishes', { clientId, topic, qos, dup, packetId });
        return decided(this.faults.publish, n, packet);
      },
      connack: (connection) => decided(this.faults.connack, connection),
      suback: (filter, connection) => decided(this.faults.suback, filter, connection),
      pingresp: (connection) => {
        this.add('pings', { clientId: connection.clientId });
        return decided(this.faults.pingresp, connection);
      },
    };
    const { gateway } = this;
    gateway.on('telemetry', () => this.add('messages', current));
    gateway.on('connected', ({ clientId, keepAlive, cleanSession }) =>
      this.add('connects', { clientId, keepAlive, clean: cleanSession }),
    );
    gateway.on('disconnected', ({ clientId, reason }) =>
      this.add('disconnects', { clientId, graceful: reason === 'DISCONNECT' }),
    );
    gateway.on('refused', ({ returnCode }) => this.add('refusals', { code: returnCode }));
    gateway.on('subscribed', ({ clientId, filter, qos }) =>
      this.add('subscribes', { clientId, filter, qos }),
    );
    gateway.on('unsubscribed', ({ clientId, filter }) => this.add('unsubscribes', { clientId, filter }));
    gateway.on('c2d', ({ deviceId, body }) =>
      this.add('acknowledged', { clientId: deviceId, packetId: 1, body: String(body) }),
    );
  }
}

/** The same by its other door. */
class LocalGatewayWs extends LocalGateway {
  static label = 'the local gateway, over WebSocket';
  Transport = MqttWs;

  get port() {
    return this.gateway.webSocketPort;
  }
}

/** A fault, or what its function decides. */
function decided(fault, ...circumstances) {
  return typeof fault === 'function' ? fault(...circumstances) : fault;
}

module.exports = { LocalGateway, LocalGatewayWs };
