// @ts-check
'use strict';

const { PINGREQ, PINGRESP, RawDevice, subscribePacket } = require('./raw-device');
const { RawWebSocket } = require('./raw_web_socket');

/**
 * @typedef {import('./hostile').Hostility} Hostility
 * @typedef {import('./watched').WatchedGateway} WatchedGateway
 */

const FILTERS = [
  '$iothub/methods/POST/#',
  '$iothub/twin/res/#',
  '$iothub/twin/PATCH/properties/desired/#',
  'devices/d1/messages/devicebound/#',
];

/** How long a method call of the device is waited for. Milliseconds. */
const CALL_MS = 5000;

/** Somebody who is about to send what no client sends. */
class HostilePeer {
  #hostility;
  #device;
  #rid;

  /**
   * @param {Hostility} hostility
   * @param {RawDevice} device
   * @param {string} rid
   */
  constructor(hostility, device, rid) {
    this.#hostility = hostility;
    this.#device = device;
    this.#rid = rid;
  }

  /**
   * @param {WatchedGateway} watched
   * @param {Hostility} hostility
   */
  static async open(watched, hostility) {
    const { gateway } = watched;
    const { on } = hostility;
    if (on === 'secured') return new HostilePeer(hostility, await RawDevice.open(gateway), '');
    if (on === 'http') {
      const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
      return new HostilePeer(hostility, device, '');
    }
    if (on === 'websocket') {
      const { device } = await RawWebSocket.open(gateway);
      return new HostilePeer(hostility, device, '');
    }
    const device = await RawDevice.connected(gateway);
    device.send(...FILTERS.map((filter) => subscribePacket(filter)));
    await device.bytes(5 * FILTERS.length);
    watched.ask('call', { id: 'd1', options: { responseTimeoutMs: CALL_MS } }).catch(() => {});
    const packet = await device.packet();
    const { topic } = /** @type {import('mqtt-packet').IPublishPacket} */ (packet);
    return new HostilePeer(hostility, device, topic.slice(topic.indexOf('=') + 1));
  }

  /**
   * @param {import('..').Gateway} gateway
   */
  attack(gateway) {
    this.#device.send(this.#hostility.bytes(gateway, this.#rid));
  }

  leave() {
    this.#device.vanish();
  }
}

/**
 * @param {WatchedGateway} watched
 * @throws {Error} another device is not served
 */
async function assertServed({ gateway }) {
  const device = await RawDevice.connected(gateway, { deviceId: 'd2' });
  device.send(PINGREQ);
  const answer = await device.bytes(2);
  device.vanish();
  if (answer !== PINGRESP) throw new Error(`another device was answered '${answer}' instead of PINGRESP`);
}

module.exports = { HostilePeer, assertServed };
