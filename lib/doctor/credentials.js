// @ts-check
'use strict';

const { deviceSharedAccessSignature } = require('../authentication/shared_access_signature');

/** How long a token made here is good for. Seconds. */
const TOKEN_LIFE_S = 3600;

/**
 * The ways a device proves who it is. `field` is the one of the connection string that holds the secret; `prove` makes of
 * it what the client's session is given, a password; a way without it has no secret there, but one in files.
 *
 * @typedef {object} CredentialKind
 * @property {'key' | 'token' | 'x509'} name
 * @property {string} field
 * @property {string} title
 * @property {(secret: string, subject: { hub: string, deviceId: string }, now: number) =>
 *   Partial<import('../native/binding').NativeRequest>} [prove]
 */

/** @type {readonly CredentialKind[]} */
const CREDENTIALS = Object.freeze([
  {
    name: 'key',
    field: 'SharedAccessKey',
    title: 'symmetric key',
    prove: (secret, { hub, deviceId }, now) => {
      const expiry = Math.floor(now / 1000) + TOKEN_LIFE_S;
      return { password: deviceSharedAccessSignature.create(hub, deviceId, secret, expiry).toString() };
    },
  },
  { name: 'token', field: 'SharedAccessSignature', title: 'token', prove: (password) => ({ password }) },
  { name: 'x509', field: 'x509', title: 'X.509 certificate' },
]);

/**
 * @param {string | undefined} name
 * @returns {CredentialKind | undefined}
 */
function credentialOf(name) {
  return CREDENTIALS.find((each) => each.name === name);
}

module.exports = { CREDENTIALS, credentialOf };
