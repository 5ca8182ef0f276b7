// @ts-check
'use strict';

/** What the methods of a gateway may be told besides their arguments. */
const OPTIONS = {
  connectionString: ['direct'],
  moduleEnvironment: ['workload'],
  mqttCredentials: ['lifetimeMs'],
  sendC2D: [
    ...['properties', 'messageId', 'correlationId', 'userId', 'to', 'expiryTimeUtc', 'creationTimeUtc'],
    ...['contentType', 'contentEncoding', 'messageSchema', 'ack', 'enqueuedTime'],
  ],
  sendInput: [
    ...['properties', 'from', 'messageId', 'correlationId', 'userId', 'contentType', 'contentEncoding'],
  ],
  invokeMethod: ['from', 'responseTimeoutMs', 'connectTimeoutMs', 'rid'],
  patchDesired: ['version'],
  waitForMessages: ['timeoutMs', 'signal'],
  messages: ['signal'],
  publish: ['qos'],
  restart: ['downtimeMs', 'keepSessions', 'chain'],
};

/**
 * @template {object} T
 * @param {keyof typeof OPTIONS} method
 * @param {T} options
 * @returns {T}
 * @throws {TypeError} one is unknown: a test with a typo in `timeoutMs` would wait for ever
 */
function known(method, options) {
  const name = Object.keys(options).find((each) => !OPTIONS[method].includes(each));
  if (name === undefined) return options;
  throw new TypeError(`${method}: option '${name}' is unknown; there are ${OPTIONS[method].join(', ')}`);
}

module.exports = { known };
