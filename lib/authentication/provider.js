// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');

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
 * @param {any} provider
 * @returns {Error | undefined} It cannot be asked for credentials.
 */
function faultOf(provider) {
  return typeof provider.getDeviceCredentials === 'function' ? undefined : noProvider(provider);
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

module.exports = { CREDENTIALS_MS, faultOf, requireCredentials, requireProvider, requireTokenHolder };
