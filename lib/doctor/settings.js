// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { badOption, requireKnown, requireUpTo } = require('../plumbing/option');
const { PROTOCOLS, protocolOf } = require('./protocols');

const OPTIONS = [
  'connectionString',
  'ca',
  'cert',
  'key',
  'passphrase',
  'protocol',
  'proxy',
  'send',
  'timeout',
  'onProgress',
];
/** It travels in 32 bits. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * What is examined, and how.
 *
 * @typedef {object} Settings
 * @property {string} connectionString
 * @property {import('../..').CertificateAuthority | undefined} ca
 * @property {import('../..').AuthorityFacts['origin']} caOrigin
 * @property {import('../..').X509} x509 As far as it was given.
 * @property {import('./protocols').Protocol} protocol
 * @property {string | URL | false | undefined} proxy `undefined`: as the environment says.
 * @property {boolean} send
 * @property {number | undefined} timeout Milliseconds.
 * @property {(progress: import('../..').DiagnosisProgress) => void} onProgress
 */

/**
 * @param {import('../..').DiagnoseOptions} options
 * @param {NodeJS.ProcessEnv} env What is not given is looked for there.
 * @returns {Settings}
 * @throws {ArgumentError} An option is unknown or cannot be used, or there is no connection string.
 */
function readSettings(options, env) {
  requireKnown(options, OPTIONS);
  const { protocol = 'mqtt', proxy, send = false, timeout, onProgress = () => {} } = options;
  const names = PROTOCOLS.map(({ name }) => name);
  if (!names.includes(protocol)) throw badOption('protocol', protocol, `one of ${names.join(', ')}`);
  if (typeof send !== 'boolean') throw badOption('send', send, 'true or false');
  if (typeof onProgress !== 'function') throw badOption('onProgress', onProgress, 'a function');
  requireUpTo('timeout', timeout, 'milliseconds', LONGEST_TIMEOUT_MS);
  return {
    connectionString: readSource(options.connectionString ?? env.IOTHUB_DEVICE_CONNECTION_STRING),
    ...readAuthority(options.ca, env),
    x509: readX509(options, env),
    protocol: protocolOf(protocol),
    proxy,
    send,
    timeout,
    onProgress,
  };
}

/** @param {unknown} source */
function readSource(source) {
  if (typeof source === 'string' && source.trim()) return source;
  const given = source === undefined ? 'missing' : typeof source === 'string' ? 'empty' : 'not a text';
  throw failure(ArgumentError, 'ERR_IOT_CONNECTION_STRING_MISSING', `The connection string is ${given}`, {
    hint: 'Give the one the hub shows for the device, with ;GatewayHostName=<gateway> added, or set IOTHUB_DEVICE_CONNECTION_STRING.',
  });
}

/**
 * @param {any} ca
 * @param {NodeJS.ProcessEnv} env
 * @returns {Pick<Settings, 'ca' | 'caOrigin'>}
 */
function readAuthority(ca, env) {
  if (ca !== undefined && ca !== null && ca !== '') return { ca, caOrigin: 'option' };
  const path = env.PATH_TO_EDGE_CA_CERT;
  return path ? { ca: path, caOrigin: 'environment' } : { ca: undefined, caOrigin: 'system' };
}

/**
 * By the variables of the samples of azure-iot-device.
 *
 * @param {import('../..').DiagnoseOptions} options
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('../..').X509}
 */
function readX509({ cert, key, passphrase }, env) {
  return {
    cert: cert ?? env.PATH_TO_CERTIFICATE_FILE,
    key: key ?? env.PATH_TO_KEY_FILE,
    passphrase: passphrase ?? env.KEY_PASSPHRASE_OR_EMPTY,
  };
}

module.exports = { readSettings };
