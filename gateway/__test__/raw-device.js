// @ts-check
'use strict';

const assert = require('node:assert');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const mqtt = require('mqtt-packet');
require('./rejections');
const { createChain, startGateway } = require('..');

/**
 * @typedef {import('..').Gateway} Gateway
 *
 * What a raw device needs to know of a gateway.
 * @typedef {Pick<Gateway, 'host' | 'port' | 'rootPem' | 'hubHostName' | 'connectionString'>} Target
 */

/** One hierarchy for all tests of a file: small keys, made once. */
const chain = createChain({ caKey: 'P-256', serverKey: 'P-256' });

/**
 * Starts a gateway with the device `d1` that closes with the test.
 * @param {import('node:test').TestContext} t
 * @param {import('..').GatewayOptions} [options]
 * @returns {Promise<Gateway>}
 */
async function gatewayFor(t, options = {}) {
  const devices = [{ deviceId: 'd1' }, { deviceId: 'd2' }];
  const gateway = await startGateway({ chain: await chain, devices, ...options });
  t.after(() => gateway.close());
  return gateway;
}

/**
 * A token as the device would sign it.
 * @param {string} key base64
 * @param {object} [options]
 * @param {string} [options.resource] not yet encoded
 * @param {number | string} [options.expiry] seconds since 1970
 * @param {string} [options.encodedResource] as transmitted
 * @param {(signature: string) => string} [options.encodeSignature]
 */
function sas(
  key,
  {
    resource = 'local.azure-devices.net/devices/d1',
    expiry = Math.floor(Date.now() / 1000) + 3600,
    encodedResource = encodeURIComponent(resource),
    encodeSignature = encodeURIComponent,
  } = {},
) {
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${encodedResource}\n${expiry}`)
    .digest('base64');
  return `SharedAccessSignature sr=${encodedResource}&sig=${encodeSignature(signature)}&se=${expiry}`;
}

/**
 * The primary key of a device or module.
 * @param {Target} gateway
 * @param {string} clientId
 */
function keyOf(gateway, clientId) {
  const key = /SharedAccessKey=([^;]+)/.exec(gateway.connectionString(clientId))?.[1];
  if (!key) throw new Error(`no key in the connection string of '${clientId}'`);
  return key;
}

/**
 * A CONNECT that the gateway accepts, but for the changes. `deviceId` may be that of a module, `d/m`.
 * @param {Target} gateway
 * @param {Partial<mqtt.IConnectPacket> & { deviceId?: string }} [changes]
 */
function connectPacket(gateway, { deviceId = 'd1', ...changes } = {}) {
  return mqtt.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: deviceId,
    clean: true,
    keepalive: 60,
    username: `${gateway.hubHostName}/${deviceId}/?api-version=2021-04-12`,
    password: 'password' in changes ? undefined : passwordOf(gateway, deviceId),
    ...changes,
  });
}

/**
 * @param {Target} gateway
 * @param {string} clientId
 */
function passwordOf(gateway, clientId) {
  return Buffer.from(
    sas(keyOf(gateway, clientId), {
      resource: `${gateway.hubHostName}/devices/${clientId.replace('/', '/modules/')}`,
    }),
  );
}

/**
 * @param {string} topic
 * @param {Partial<mqtt.IPublishPacket>} [changes]
 */
function publishPacket(topic, changes = {}) {
  return mqtt.generate({
    cmd: 'publish',
    topic,
    payload: 'x',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
    ...changes,
  });
}

/**
 * @param {string} filter
 * @param {{ qos?: 0 | 1 | 2, messageId?: number }} [options]
 */
function subscribePacket(filter, { qos = 1, messageId = 1 } = {}) {
  return mqtt.generate({ cmd: 'subscribe', messageId, subscriptions: [{ topic: filter, qos }] });
}

/**
 * @param {...string} filters
 */
function unsubscribePacket(...filters) {
  return mqtt.generate({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: filters });
}

/** The bytes on a TLS connection to the gateway. */
class RawDevice {
  /**
   * @param {import('node:net').Socket} tcp
   * @param {tls.TLSSocket} secure
   */
  constructor(tcp, secure) {
    this.tcp = tcp;
    this.secure = secure;
    this.input = Buffer.alloc(0);
    /** How the gateway ended the connection: `FIN`, or an error code such as `ECONNRESET`. */
    this.end = new Promise((resolve) => {
      secure.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
      secure.once('close', () => resolve('FIN'));
    });
    secure.on('data', (chunk) => {
      this.input = Buffer.concat([this.input, chunk]);
      secure.emit('more');
    });
    secure.on('close', () => secure.emit('more'));
  }

  /**
   * @param {Target} gateway
   * @param {tls.ConnectionOptions} [options] `port` default that of MQTT
   */
  static async open(gateway, { port = gateway.port, ...options } = {}) {
    const tcp = net.connect(port, gateway.host);
    const secure = tls.connect({ socket: tcp, ca: gateway.rootPem, servername: 'localhost', ...options });
    const device = new RawDevice(tcp, secure);
    await once(secure, 'secureConnect');
    return device;
  }

  /**
   * Opens and connects.
   * @param {Target} gateway
   * @param {Parameters<typeof connectPacket>[1]} [changes]
   * @param {tls.ConnectionOptions} [options]
   */
  static async connected(gateway, changes, options) {
    const device = await RawDevice.open(gateway, options);
    device.send(connectPacket(gateway, changes));
    const connack = await device.bytes(4);
    if (connack !== '20020000' && connack !== '20020100') throw new Error(`CONNACK ${connack}`);
    return device;
  }

  /**
   * @param {...(Buffer | string)} pieces bytes, or hexadecimal; one write
   */
  send(...pieces) {
    const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'hex') : piece));
    this.secure.write(Buffer.concat(buffers));
  }

  /**
   * The next bytes, hexadecimal; fewer if the connection ends.
   * @param {number} count
   */
  async bytes(count) {
    return (await this.#take(count)).toString('hex');
  }

  /**
   * @param {number} count
   */
  async #take(count) {
    while (this.input.length < count && !this.secure.closed) {
      // An error is told by `end`; here it only means that no more comes.
      await once(this.secure, 'more').catch(() => {});
    }
    const bytes = this.input.subarray(0, count);
    this.input = this.input.subarray(bytes.length);
    return bytes;
  }

  /** All bytes until the connection ends, hexadecimal. */
  rest() {
    return this.bytes(Infinity);
  }

  /** The next whole packet. */
  async packet() {
    const header = [await this.#take(1)];
    let size = 0;
    for (let octet = 0x80, shift = 0; octet & 0x80; shift += 7) {
      const next = await this.#take(1);
      header.push(next);
      octet = next[0] ?? 0;
      size += (octet & 0x7f) << shift;
    }
    /** @type {mqtt.Packet[]} */
    const packets = [];
    const parser = mqtt.parser();
    parser.on('packet', (packet) => packets.push(packet));
    parser.parse(Buffer.concat([...header, await this.#take(size)]));
    if (packets.length === 0) throw new Error('the connection ended before a whole packet had come');
    return packets[0];
  }

  /**
   * The next whole packet, a PUBLISH.
   * @returns {Promise<mqtt.IPublishPacket>}
   */
  async publication() {
    const packet = await this.packet();
    assert.strictEqual(packet.cmd, 'publish');
    return /** @type {mqtt.IPublishPacket} */ (packet);
  }

  /** The body of the next packet, a PUBLISH, as text. */
  async body() {
    return (await this.publication()).payload.toString();
  }

  /** Vanishes without DISCONNECT. */
  vanish() {
    this.tcp.destroy();
  }
}

/**
 * What the gateway answers to a CONNECT: CONNACK 0 and stays, or its code and closes.
 * @param {Target} gateway
 * @param {Parameters<typeof connectPacket>[1]} changes
 * @param {tls.ConnectionOptions} [options]
 */
async function answer(gateway, changes, options) {
  const device = await RawDevice.open(gateway, options);
  device.send(connectPacket(gateway, changes), PINGREQ);
  const connack = await device.bytes(4);
  if (connack === ACCEPTED) {
    assert.strictEqual(await device.bytes(2), PINGRESP);
    device.vanish();
  } else {
    assert.strictEqual(await device.rest(), '');
    assert.strictEqual(await device.end, 'FIN');
  }
  return connack;
}

/** CONNACK 0 without and with a session, as the gateway sends it. */
const ACCEPTED = '20020000';
const RESUMED = '20020100';
/** CONNACK 3 and 5. */
const REFUSED_3 = '20020003';
const REFUSED_5 = '20020005';

const DISCONNECT = 'e000';
const PINGREQ = 'c000';
const PINGRESP = 'd000';

module.exports = {
  ACCEPTED,
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  REFUSED_3,
  REFUSED_5,
  RESUMED,
  RawDevice,
  answer,
  chain,
  connectPacket,
  gatewayFor,
  keyOf,
  passwordOf,
  publishPacket,
  sas,
  subscribePacket,
  unsubscribePacket,
};
