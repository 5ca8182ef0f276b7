// @ts-check
'use strict';

const { Refusal } = require('./refusal');
const { parseUsername } = require('./username');

/**
 * Decides on a CONNECT: names first, credentials after.
 * @param {{ clientId: string, username?: string }} connect
 * @param {import('./authenticator').Credentials} credentials
 * @param {object} terms
 * @param {import('./authenticator').Authenticator} terms.authenticator
 * @param {boolean} terms.strict the username must name the hub or the gateway, as at IoT Hub
 * @param {string[]} terms.hosts names of hub and gateway, in lower case
 * @returns {{ identity: import('./username').Identity, slow: boolean }} slow: the hub had to be asked
 * @throws {Refusal}
 */
function admit({ clientId, username }, credentials, { authenticator, strict, hosts }) {
  if (!clientId) throw new Refusal(3, 'client id is empty');
  if (!username) throw new Refusal(3, `'${clientId}' sent no username`);
  const identity = parseUsername(username);
  if (identity.clientId !== clientId) {
    throw new Refusal(5, `client id '${clientId}' is not '${identity.clientId}' of the username`);
  }
  if (strict && !hosts.includes(identity.host.toLowerCase())) {
    throw new Refusal(5, `username host '${identity.host}' is neither hub nor gateway: ${hosts.join(', ')}`);
  }
  return { identity, ...authenticator.authenticate(identity, credentials) };
}

module.exports = { admit };
