// @ts-check
'use strict';

const { Refusal } = require('./refusal');

/**
 * Who asks by HTTPS proves it by a token as header `Authorization`, or by the certificate of the handshake.
 * @param {import('./authenticator').Authenticator} authenticator
 * @param {{ deviceId: string, moduleId?: string }} caller whom the request claims to come from
 * @param {import('./authenticator').Credentials} credentials
 * @returns {string | undefined} why it is not believed
 */
function refusalOf(authenticator, { deviceId, moduleId }, credentials) {
  const clientId = moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;
  try {
    authenticator.authenticate({ host: '', modelId: undefined, deviceId, moduleId, clientId }, credentials);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return `'${clientId}' is not authenticated`;
    throw error;
  }
}

module.exports = { refusalOf };
