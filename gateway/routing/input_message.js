// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { costOf } = require('../cloud/cost');
const { assertTopicFits } = require('../mqtt/packets');
const { SYSTEM_PROPERTIES } = require('../telemetry/topic');

/**
 * @typedef {import('../index').InputMessage} InputMessageType
 * @typedef {Exclude<import('../index').InputStatus, 'pending'>} Outcome
 *
 * What an input is sent: a message that came in, or one of a test.
 * @typedef {Pick<import('../index').Message, 'properties' | 'systemProperties' | 'body'> &
 *   { deviceId?: string, moduleId?: string }} Content
 */

/** Names on the wire of what came in, those aside that only concern the gateway (SystemProperties.cs). */
const WIRE_NAMES = [...SYSTEM_PROPERTIES].filter(([wire]) => wire !== '$.on' && wire !== '$.ifid');

/**
 * A message on its way to an input of a module; its queue tells what becomes of it.
 * @implements {InputMessageType}
 */
class InputMessage {
  /**
   * @param {string} id `d/m`
   * @param {string} input
   * @param {Content} content
   * @throws {RangeError} its properties do not fit into a topic
   */
  constructor(id, input, content) {
    this.id = id;
    this.input = input;
    this.messageId = content.systemProperties.messageId ?? randomUUID();
    this.body = content.body;
    this.topic = topicOf(id, input, content);
    assertTopicFits(`a message to input '${input}' of '${id}'`, this.topic);
    this.cost = costOf({ ...content, deviceId: content.deviceId ?? '', clientId: id });
    /** @type {import('../index').InputStatus} */
    this.status = 'pending';
    this.deliveryCount = 0;
    /** @type {Promise<Outcome>} */
    this.settled = new Promise((resolve) => (this.resolve = resolve));
  }

  /**
   * @param {Outcome} status
   */
  settle(status) {
    this.status = status;
    /** @type {Function} */ (this.resolve)(status);
  }
}

/**
 * @param {string} id
 * @param {string} input
 * @param {Content} content
 */
function topicOf(id, input, { deviceId, moduleId, properties, systemProperties }) {
  /** @type {Array<[string, string | undefined]>} */
  const system = WIRE_NAMES.map(([wire, name]) => [wire, systemProperties[name]]);
  const sender = { '$.cdid': deviceId, '$.cmid': moduleId };
  const bag = [...system, ...Object.entries(sender), ...Object.entries(properties)]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  const [ofDevice, ofModule] = id.split('/');
  return `devices/${ofDevice}/modules/${ofModule}/inputs/${input}/${bag.join('&')}`;
}

module.exports = { InputMessage };
