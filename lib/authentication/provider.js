// @ts-check
'use strict';

const { ArgumentError, FormatError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');
const { AuthenticationType } = require('./type');

/** How long an app's provider may take to give credentials. Milliseconds. */
const CREDENTIALS_MS = 240_000;

const HINT =
  'Use Client.fromConnectionString(connectionString, Mqtt), which makes the provider and the transport.';

/**
 * What a transport of this package is made with. Without a provider every attempt to connect would fail, far from the
 * mistake.
 *
 * @param {any} provider
 * @throws {ReferenceError} There is none.
 * @throws {ArgumentError} It is no object.
 */
function requireProvider(provider) {
  if (!provider) {
    const message = `The transport was made without an authentication provider, but with ${String(provider)}`;
    throw failure(ReferenceError, 'ERR_IOT_ARGUMENT_MISSING', message, { hint: HINT });
  }
  if (typeof provider !== 'object') throw noProvider(provider);
}

/**
 * An object passes for a provider until it is asked, as it does with the original: tests make transports of `{}`.
 *
 * @param {any} provider It calls back or gives a promise: an async function passes for either in TypeScript.
 * @param {(error: any, credentials?: any) => void} callback Perhaps called twice, by a provider that does both.
 * @throws {ArgumentError} `ERR_IOT_PROVIDER`: it cannot be asked.
 */
function askForCredentials(provider, callback) {
  if (typeof provider.getDeviceCredentials !== 'function') throw noProvider(provider);
  const given = provider.getDeviceCredentials(callback);
  if (typeof given?.then !== 'function') return;
  given.then((/** @type {any} */ credentials) => {
    // One that calls back may do so when its promise is long kept.
    if (credentials !== undefined) callback(null, credentials);
  }, callback);
}

/**
 * @param {any} provider
 * @returns {any} It hands on a token that the app replaces in time.
 * @throws {TypeError} `ERR_IOT_TOKEN_UPDATE`: it does not.
 */
function requireTokenHolder(provider) {
  if (typeof provider.updateSharedAccessSignature === 'function') return provider;
  const message = 'There is no token to replace: the device does not authenticate with one that it was given';
  throw failure(TypeError, 'ERR_IOT_TOKEN_UPDATE', message, {
    hint: 'With a key, tokens are made and renewed without the app; one of its own needs Client.fromSharedAccessSignature.',
  });
}

/**
 * @param {unknown} token That is to be used from now on.
 * @throws {FormatError} `ERR_IOT_TOKEN_MALFORMED`: no gateway could read it.
 */
function requireForm(token) {
  // Only who brings a token needs it.
  const { fieldsOf } = require('../failures/token');
  const { sr, sig, se } = fieldsOf(String(token).trim()) ?? {};
  if (sr && sig && se) return;
  throw failure(FormatError, 'ERR_IOT_TOKEN_MALFORMED', 'The shared access signature is malformed', {
    hint: 'It reads: SharedAccessSignature sr=…&sig=…&se=…, with one space. The one in use stays.',
  });
}

/**
 * @param {unknown} credentials What a provider called back with, which told no error.
 * @throws {ArgumentError} `ERR_IOT_PROVIDER`: there are none.
 */
function requireCredentials(credentials) {
  if (typeof credentials === 'object' && credentials !== null) return;
  throw unusable(
    `a provider that gave no error and no credentials, but ${kindOf(credentials)}`,
    'getDeviceCredentials calls back (null, { host, deviceId, sharedAccessSignature }), or x509 in place of the last.',
  );
}

/**
 * @param {import('../..').TransportConfig} credentials
 * @param {any} provider That gave them.
 * @throws {ArgumentError} `ERR_IOT_PROVIDER`: it proves the device by tokens, and gave none.
 */
function requireToken({ sharedAccessSignature }, { type }) {
  if (sharedAccessSignature || type !== AuthenticationType.Token) return;
  throw unusable(
    'a provider of tokens that gave credentials without a sharedAccessSignature',
    'getDeviceCredentials calls back (null, { host, deviceId, sharedAccessSignature }), _sign (null, token).',
  );
}

/** @param {unknown} provider Not shown: it may well be the connection string. */
function noProvider(provider) {
  return unusable(`${kindOf(provider)} that has no getDeviceCredentials`, HINT);
}

/**
 * @param {string} what
 * @param {string} hint
 */
function unusable(what, hint) {
  return failure(ArgumentError, 'ERR_IOT_PROVIDER', `The transport was made with ${what}`, { hint });
}

module.exports = {
  CREDENTIALS_MS,
  askForCredentials,
  requireCredentials,
  requireForm,
  requireProvider,
  requireToken,
  requireTokenHolder,
};
