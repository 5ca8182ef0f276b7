// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { costOf } = require('../cloud/cost');
const { isName, requireKnown, requireRecord, requireValue } = require('../control/values');
const { propertyBag } = require('../encoding/property_bag');
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
 * What `sendInput` is given.
 * @param {Buffer | string} body
 * @param {import('../index').InputOptions} options
 * @returns {Content}
 * @throws {TypeError} names the option that cannot be
 */
function contentOf(
  body,
  { properties = {}, from, messageId, correlationId, userId, contentType, contentEncoding, ...unknown },
) {
  requireKnown('sendInput', unknown);
  requireRecord('sendInput', { properties }, 'an object of texts');
  requireValue('sendInput', { from }, 'a client id', (value) => value === undefined || isName(value));
  const [deviceId, moduleId] = from?.split('/') ?? [];
  const given = Object.entries({ messageId, correlationId, userId, contentType, contentEncoding });
  const systemProperties = Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return { body: Buffer.from(body), properties, systemProperties, deviceId, moduleId };
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
  const bag = propertyBag([...system, ...Object.entries(sender), ...Object.entries(properties)]);
  const [ofDevice, ofModule] = id.split('/');
  return `devices/${ofDevice}/modules/${ofModule}/inputs/${input}/${bag}`;
}

module.exports = { InputMessage, contentOf };
