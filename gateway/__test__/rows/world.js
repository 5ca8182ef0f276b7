// @ts-check
'use strict';

const net = require('node:net');
const { RawDevice, connectPacket, sas } = require('../raw-device');

/**
 * @typedef {object} Target
 * @property {string} host name or address to connect to, as the certificate must have it
 * @property {number} port of MQTT
 * @property {number} webPort of HTTPS
 * @property {string} rootPem
 * @property {string} hubHostName
 * @property {string} id of a device that nobody else uses
 * @property {string} key base64
 * @property {number} [connectTimeoutMs] how long the gateway waits for CONNECT; default edgeHub's 60 s
 */

/** A gateway as a device sees it, whichever it is, and the device. */
class World {
  /** @type {RawDevice[]} */
  #devices = [];

  /**
   * @param {Target} target
   */
  constructor({ connectTimeoutMs = 60000, ...target }) {
    this.host = target.host;
    this.port = target.port;
    this.webSocketPort = target.webPort;
    this.rootPem = target.rootPem;
    this.hubHostName = target.hubHostName;
    this.id = target.id;
    this.key = target.key;
    this.connectTimeoutMs = connectTimeoutMs;
    this.events = `devices/${target.id}/messages/events/`;
  }

  /** For the token of a CONNECT. */
  connectionString() {
    return `SharedAccessKey=${this.key}`;
  }

  /**
   * @param {import('node:tls').ConnectionOptions & { port?: number, through?: string }} [options] through: the host to
   *   connect to instead
   */
  async open({ through = this.host, ...options } = {}) {
    // No address may be asked for by name; the certificate is compared with the host then.
    const servername = net.isIP(this.host) ? '' : this.host;
    const { port, rootPem, hubHostName } = this;
    const target = {
      host: through,
      port,
      rootPem,
      hubHostName,
      connectionString: () => this.connectionString(),
    };
    const device = await RawDevice.open(target, { host: this.host, servername, ...options });
    this.#devices.push(device);
    return device;
  }

  /**
   * @param {Parameters<typeof connectPacket>[1]} [changes]
   */
  connectPacket(changes) {
    return connectPacket(this, { deviceId: this.id, ...changes });
  }

  /**
   * @param {Parameters<typeof connectPacket>[1]} [changes]
   * @param {Parameters<World['open']>[0]} [options]
   */
  async connected(changes, options) {
    const device = await this.open(options);
    device.send(this.connectPacket(changes));
    const connack = await device.bytes(4);
    if (!/^20020[01]00$/.test(connack)) throw new Error(`CONNACK '${connack}'`);
    return device;
  }

  /**
   * @param {Parameters<typeof sas>[1]} [options]
   */
  token(options) {
    return sas(this.key, { resource: `${this.hubHostName}/devices/${this.id}`, ...options });
  }

  /**
   * The answer to a CONNECT: CONNACK, and `closed` if the connection was closed behind it.
   * @param {Parameters<typeof connectPacket>[1]} changes
   */
  async answer(changes) {
    const device = await this.open();
    device.send(this.connectPacket(changes), 'c000');
    const connack = await device.bytes(4);
    const more = await device.bytes(2);
    device.vanish();
    return more === '' ? `${connack} closed` : connack;
  }

  /**
   * What comes for bytes on a new connection: nothing means that it was closed.
   * @param {...(Buffer | string)} bytes
   */
  async beforeConnect(...bytes) {
    const device = await this.open();
    device.send(...bytes);
    return device.bytes(4);
  }

  /**
   * What comes for bytes and a PINGREQ: nothing means that the connection was closed, PINGRESP alone that the bytes were
   * ignored.
   * @param {...(Buffer | string)} bytes
   */
  async whenConnected(...bytes) {
    const device = await this.connected();
    device.send(...bytes, 'c000');
    return device.bytes(2);
  }

  /** Whatever is still open is closed. */
  end() {
    this.#devices.forEach((device) => device.vanish());
  }
}

module.exports = { World };
