// @ts-check
'use strict';

const {
  SharedAccessSignature,
  encodeUriComponentStrict,
} = require('../authentication/shared_access_signature');

/** How long a token made here is good for. Seconds. */
const TOKEN_LIFE_S = 3600;

/** Who proves it. @typedef {{ hub: string, deviceId: string, moduleId?: string }} Subject */

/**
 * The ways a device proves who it is. `field` is the one of the connection string that holds the secret; `prove` makes of
 * it what the client's session is given, a password; a way without it has no secret there, but one in files.
 *
 * @typedef {object} CredentialKind
 * @property {'key' | 'token' | 'x509'} name
 * @property {string} field
 * @property {string} title
 * @property {(secret: string, subject: Subject, now: number) =>
 *   Partial<import('../native/binding').NativeRequest>} [prove]
 */

/** @type {readonly CredentialKind[]} */
const CREDENTIALS = Object.freeze([
  {
    name: 'key',
    field: 'SharedAccessKey',
    title: 'symmetric key',
    prove: (secret, { hub, deviceId, moduleId }, now) => {
      const expiry = Math.floor(now / 1000) + TOKEN_LIFE_S;
      const module = moduleId === undefined ? '' : `/modules/${moduleId}`;
      const resource = encodeUriComponentStrict(`${hub}/devices/${deviceId}${module}`);
      return { password: SharedAccessSignature.create(resource, null, secret, expiry).toString() };
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
