// @ts-check
'use strict';

const { bytesOf } = require('../message/body');
const { SHORT_TEXT } = require('../session/slab');
const { requireMessageFits } = require('./message_size');
const { encodeSystemAndUser } = require('./property_bag');

/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {{ timeoutMs?: number, signal?: AbortSignal }} Limits */

/**
 * Messages to the cloud, by QoS 1: `devices/{d}/messages/events/{bag}`, of a module `devices/{d}/modules/{m}/messages/…`, with
 * its output in the bag (device-sdk.md §3.5).
 */
class Telemetry {
  #session;
  /** What the property bag follows; unknown before the device is. @type {string | undefined} */
  #topic;
  /** Sends that were asked for before that. @type {[message: any, callback: Callback, limits?: Limits, output?: string][]} */
  #deferred = [];

  /** @param {import('../session/session').Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** How many wait for the names to send by. */
  get deferred() {
    return this.#deferred.length;
  }

  /** @param {import('./identity').MqttIdentity} identity */
  identified({ telemetryTopic }) {
    this.#topic = telemetryTopic;
    for (const send of this.#deferred.splice(0)) this.send(...send);
  }

  /**
   * @param {any} message
   * @param {Callback} callback
   * @param {Limits} [limits]
   * @param {string} [output] Of a module.
   */
  send(message, callback, limits, output) {
    const topic = this.#topic;
    if (topic === undefined) {
      this.#deferred.push([message, callback, limits, output]);
      return;
    }
    let bag, body;
    try {
      bag = encodeSystemAndUser(message, output);
      body = bodyOf(message);
      // A short text fits whatever its bytes.
      if (typeof body !== 'string' || body.length > SHORT_TEXT || bag.length > SHORT_TEXT) {
        requireMessageFits(Buffer.byteLength(body), bag, topic.length);
      }
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    this.#session.publish(topic + bag, body, 1, callback, limits);
  }

  /** @param {Error} error For what was not given to the session. */
  fail(error) {
    for (const [, callback] of this.#deferred.splice(0)) process.nextTick(callback, error);
  }
}

/**
 * @param {any} message
 * @returns {string | Uint8Array} A text as it is: it becomes bytes where it crosses, and leaves no copy behind.
 * @throws {ArgumentError} `ERR_IOT_BODY`
 */
function bodyOf({ data }) {
  if (typeof data === 'string') return data;
  // Memory that was given away has no length either.
  return data instanceof Uint8Array && data.length > 0 ? data : bytesOf(data);
}

module.exports = { Telemetry };
