// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { Message } = require('../message/message');
const { badOption, requireKnown } = require('../plumbing/option');
const { Properties } = require('../message/properties');

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
  if (body instanceof Message) return withId(body, options);
  const message = new Message(bytesOrText(body) ?? toJson(body));
  if (typeof message.data === 'string' && typeof body !== 'string') {
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
  }
  for (const name of ['messageId', 'correlationId', 'contentType', 'contentEncoding']) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') throw badOption(name, value, 'a text that is not empty');
    /** @type {any} */ (message)[name] = value;
  }
  if (!message.messageId) message.messageId = crypto.randomUUID();
  if (options.properties !== undefined) message.properties = propertiesOf(options.properties);
  return message;
}

/**
 * A Message goes as it is. One without an id is copied rather than given one: an app that sends the same object twice
 * sends two messages.
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
  return Object.assign(new Message(message.data), message, { messageId: crypto.randomUUID() });
}

/** @param {unknown} body */
function bytesOrText(body) {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  return undefined;
}

/** @param {unknown} body */
function toJson(body) {
  let text;
  let cause;
  try {
    text = JSON.stringify(body);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  const why = cause instanceof Error ? `: ${cause.message.split('\n', 1)[0]}` : '';
  throw failure(ArgumentError, 'ERR_IOT_BODY', `A body of type ${typeof body} cannot be sent as JSON${why}`, {
    hint: 'Pass a text, bytes, or a value that JSON can express.',
    cause,
  });
}

/** @param {any} given */
function propertiesOf(given) {
  if (given instanceof Properties) return given;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw badOption('properties', given, 'an object of names and values, or a Properties');
  }
  const properties = new Properties();
  for (const [name, value] of Object.entries(given)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw badOption(`properties.${name}`, value, 'a text, number or boolean');
    }
    if (!properties.add(name, String(value))) {
      throw failure(
        ArgumentError,
        'ERR_IOT_PROPERTY_RESERVED',
        `The property name ${quote(name)} is reserved`,
        {
          hint: 'Choose another name: the hub uses this one itself.',
        },
      );
    }
  }
  return properties;
}

module.exports = { messageOf };
