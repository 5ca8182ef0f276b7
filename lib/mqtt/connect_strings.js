// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** The strings of CONNECT: the length of each travels in 16 bits (MQTT 3.1.1 §1.5.3). Bytes of UTF-8. */
const LONGEST = 65_535;

/**
 * What the app chooses of the user name, before hub and device come to it: those are known when a connection is made.
 *
 * @param {{ productInfo: string, modelId?: string }} options
 * @throws {ArgumentError} `ERR_IOT_CONNECT_TOO_LONG`
 */
function requireChoicesFit({ productInfo, modelId = '' }) {
  const agent = encodeURIComponent(productInfo).length;
  const model = Buffer.byteLength(modelId);
  if (agent + model <= LONGEST) return;
  const [name, bytes] = agent > model ? ['productInfo', agent] : ['modelId', model];
  throw tooLong(`The option ${name}`, bytes, `Shorten ${name}: it is part of the MQTT user name.`);
}

/**
 * @param {object} strings
 * @param {string} strings.clientId
 * @param {string} strings.username
 * @param {string | undefined} strings.password
 * @throws {ArgumentError} `ERR_IOT_CONNECT_TOO_LONG`
 */
function requireConnectFits({ clientId, username, password = '' }) {
  /** @type {[string, string, string][]} */
  const all = [
    ['The MQTT client id', clientId, 'Shorten the id of the device.'],
    [
      'The MQTT user name',
      username,
      'It holds HostName, the id of the device, modelId and productInfo: shorten the longest.',
    ],
    ['The token of the device', password, 'A token has some 200 bytes: look at what was given as one.'],
  ];
  for (const [what, text, hint] of all) {
    const bytes = Buffer.byteLength(text);
    if (bytes > LONGEST) throw tooLong(what, bytes, hint);
  }
}

/**
 * @param {string} what
 * @param {number} bytes
 * @param {string} hint
 */
function tooLong(what, bytes, hint) {
  const message = `${what} has ${bytes} bytes on the wire; MQTT can say at most ${LONGEST}`;
  return failure(ArgumentError, 'ERR_IOT_CONNECT_TOO_LONG', message, { hint });
}

module.exports = { requireChoicesFit, requireConnectFits };
