// @ts-check
'use strict';

const { kindOf, noBody, textOrBytes } = require('../message/body');
const { Message } = require('../message/message');

/**
 * What `client.sendEvent` sends: a Message, ours or that of another copy of the SDK, as it is; of an object in the shape
 * of one (`{ data, … }`) its fields; of a text or bytes a Message with that body.
 *
 * @param {any} given
 * @returns {any}
 * @throws {ArgumentError} `ERR_IOT_BODY`: anything else, such as the reading itself.
 */
function messageOf(given) {
  if (given instanceof Message || typeof given.getData === 'function') return given;
  const body = textOrBytes(given);
  if (body !== undefined) return new Message(body);
  if (typeof given === 'object' && 'data' in given) return Object.assign(new Message(given.data), given);
  throw noBody(`sendEvent was given ${kindOf(given)}, not a Message`);
}

module.exports = { messageOf };
