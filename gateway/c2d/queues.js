// @ts-check
'use strict';

const { CloudMessage } = require('./message');
const { DeviceQueue } = require('./queue');

/** The hub's queues of cloud-to-device messages, one per device. */
class Queues {
  /**
   * @param {import('./queue').QueueOptions} options
   */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, DeviceQueue>} */
    this.byDevice = new Map();
    options.link.on('change', (online) => online && this.byDevice.forEach((queue) => queue.reconnected()));
  }

  /**
   * @param {string} deviceId
   * @returns {DeviceQueue}
   */
  of(deviceId) {
    const existing = this.byDevice.get(deviceId);
    if (existing) return existing;
    const queue = new DeviceQueue(this.options);
    this.byDevice.set(deviceId, queue);
    return queue;
  }

  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {import('../index').C2DOptions} options
   */
  send(deviceId, body, options) {
    const message = new CloudMessage(deviceId, body, options, this.options);
    this.of(deviceId).put(message);
    return message;
  }

  stop() {
    this.byDevice.forEach((queue) => queue.stop());
  }
}

module.exports = { Queues };
