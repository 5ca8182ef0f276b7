// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { textOrBytes } = require('../message/body');
const { Message } = require('../message/message');
const { badOption, requireKnown } = require('../plumbing/option');
const { uniqueId } = require('../plumbing/unique_id');
const { isWellFormed } = require('../plumbing/well_formed');
const { Properties } = require('../message/properties');
const { toJson } = require('./json_body');

/** The options of `sendEvent` that become fields of the message. */
const FIELDS = ['properties', 'messageId', 'correlationId', 'contentType', 'contentEncoding'];
const OPTIONS = [...FIELDS, 'timeout', 'signal'];

/**
 * The message `device.sendEvent(body, options)` sends. It always has a `messageId`: a message may arrive twice, and
 * that is how the receiver can tell.
 *
 * @param {any} body
 * @param {Record<string, any>} options
 * @returns {Message}
 * @throws {ArgumentError} The body cannot be sent, or an option is unknown or cannot be used.
 */
function messageOf(body, options) {
  requireKnown(options, OPTIONS);
  if (body instanceof Message || typeof body?.getData === 'function') return withId(body, options);
  const asItIs = textOrBytes(body);
  if (typeof asItIs === 'string') requireWhole(asItIs);
  const message = new Message(asItIs ?? toJson(body));
  if (asItIs === undefined) {
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
  }
  for (const name of ['messageId', 'correlationId', 'contentType', 'contentEncoding']) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') throw badOption(name, value, 'a text that is not empty');
    /** @type {any} */ (message)[name] = value;
  }
  if (!message.messageId) message.messageId = uniqueId();
  if (options.properties !== undefined) {
    message.properties = propertiesOf(options.properties);
    requireOnce(message);
  }
  return message;
}

/**
 * A Message, ours or that of another copy of the SDK, goes as it is. One without an id is copied rather than given one:
 * an app that sends the same object twice sends two messages.
 *
 * @param {Message} message
 * @param {Record<string, any>} options
 */
function withId(message, options) {
  const field = FIELDS.find((name) => options[name] !== undefined);
  if (field) {
    throw failure(ArgumentError, 'ERR_IOT_OPTION', `The option ${field} was given beside a Message`, {
      hint: `Set ${field} on the Message.`,
    });
  }
  if (message.messageId) return message;
  return Object.assign(new Message(message.data), message, { messageId: uniqueId() });
}

/**
 * Half a character would arrive as another one, and be acknowledged. In JSON it is escaped.
 *
 * @param {string} text
 */
function requireWhole(text) {
  if (isWellFormed(text)) return;
  const message = 'The body of the message is a text with half a surrogate pair, which UTF-8 cannot say';
  throw failure(ArgumentError, 'ERR_IOT_BODY', message, {
    hint: 'A text was probably cut in the middle of a character such as an emoji. Bytes are sent as a Buffer.',
    delivery: 'not sent',
  });
}

/** By the names under which they travel among the properties. */
const FIELD_OF_NAME = new Map(
  /** @type {const} */ ([
    ['$.mid', 'messageId'],
    ['$.cid', 'correlationId'],
    ['$.ct', 'contentType'],
    ['$.ce', 'contentEncoding'],
  ]),
);

/**
 * A gateway acknowledges a message that has a name twice, and drops it.
 *
 * @param {Message} message
 * @throws {ArgumentError} `ERR_IOT_PROPERTY_RESERVED`
 */
function requireOnce(message) {
  for (const pair of message.properties.propertyList) {
    const name = /** @type {'$.mid'} */ (pair?.key);
    const field = FIELD_OF_NAME.get(name);
    if (field === undefined || !message[field]) continue;
    throw failure(
      ArgumentError,
      'ERR_IOT_PROPERTY_RESERVED',
      `The property name ${quote(name)} is reserved`,
      {
        hint: `Give ${field} as the option of that name: the message has one.`,
        delivery: 'not sent',
      },
    );
  }
}

/** @param {any} given */
function propertiesOf(given) {
  return given instanceof Properties ? given : Properties.of(given);
}

module.exports = { messageOf };
