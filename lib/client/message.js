// @ts-check
'use strict';

const { noBody, textOrBytes } = require('../message/body');
const { Message } = require('../message/message');
const { kindOf } = require('../vocabulary/kind');

/**
 * What `client.sendEvent`, or `sendOutputEvent`, sends: a Message, ours or that of another copy of the SDK, as it is; of an object in the shape
 * of one (`{ data, … }`) its fields; of a text or bytes a Message with that body.
 *
 * @param {any} given
 * @param {string} [method] That it was given to.
 * @returns {any}
 * @throws {ArgumentError} `ERR_IOT_BODY`: anything else, such as the reading itself.
 */
function messageOf(given, method = 'sendEvent') {
  if (given instanceof Message || typeof given.getData === 'function') return given;
  const body = textOrBytes(given);
  if (body !== undefined) return new Message(body);
  if (typeof given === 'object' && 'data' in given) return Object.assign(new Message(given.data), given);
  throw noBody(`${method} was given ${kindOf(given)}, not a Message`);
}

module.exports = { messageOf };
