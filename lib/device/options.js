// @ts-check
'use strict';

const { strictProviderOf } = require('../authentication/strict_provider');
const { applyTokenRenewal } = require('../authentication/token_renewal');
const { AuthenticationType } = require('../authentication/type');
const { Forever } = require('../connection/forever');
const { DEVICE } = require('../vocabulary/idiom');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const {
  badOption,
  requireKnown,
  requireText,
  requireTimeouts,
  requireUpTo,
  requireWhenFull,
} = require('../plumbing/option');
const { NoRetry } = require('../connection/retry_policy');
const { keepsPendingOperations } = require('../connection/transport');

const OPTIONS = [
  'connectionString',
  'environment',
  'ca',
  'cert',
  'key',
  'passphrase',
  'proxy',
  'keepAlive',
  'retry',
  'timeouts',
  'whenFull',
  'productInfo',
  'modelId',
  'transport',
  'tokenRenewal',
];
const TOKEN_RENEWAL = ['tokenValidTimeInSeconds', 'tokenRenewalMarginInSeconds'];

/** The longest keep-alive MQTT can express. Seconds. */
const LONGEST_KEEP_ALIVE_S = 65_535;

/** @typedef {ReturnType<typeof readDeviceOptions>} Settings */

/**
 * What `connect(options)` was told, checked and in the terms of the rooms below.
 *
 * @param {import('../..').ConnectOptions | import('../..').EnvironmentOptions} options
 * @throws {ArgumentError} An option is unknown or cannot be used, or the connection string is at fault.
 * @throws {ReferenceError} The environment lacks a variable.
 */
function readDeviceOptions(options) {
  requireKnown(options, OPTIONS);
  const { keepAlive, timeouts, whenFull, productInfo, modelId, tokenRenewal } = options;
  requireUpTo('keepAlive', keepAlive, 'seconds', LONGEST_KEEP_ALIVE_S);
  requireText('productInfo', productInfo);
  requireText('modelId', modelId);
  requireWhenFull(whenFull);
  requireTimeouts(timeouts);
  const { provider, isModule, caFile, followsTrustBundle = false } = readIdentity(options);
  requireInUse(options, provider);
  if (tokenRenewal !== undefined) {
    requireKnown(tokenRenewal, TOKEN_RENEWAL, 'tokenRenewal');
    applyTokenRenewal(provider, tokenRenewal, DEVICE);
  }
  return {
    provider,
    isModule,
    followsTrustBundle,
    transport: readTransport(options.transport, provider),
    transportOptions: given({
      ca: options.ca ?? caFile,
      cert: options.cert,
      key: options.key,
      passphrase: options.passphrase,
      proxy: options.proxy,
      keepalive: keepAlive,
      timeouts,
      whenFull,
      productInfo,
      modelId,
    }),
    ...readRetry(options.retry),
  };
}

/**
 * Who connects: the connection string says it, or the environment of a module.
 *
 * @param {import('../..').ConnectOptions | import('../..').EnvironmentOptions} options
 * @returns {{ provider: any, isModule: boolean, caFile?: string, followsTrustBundle?: boolean }}
 */
function readIdentity(options) {
  const { connectionString, environment, ca } = /** @type {Record<string, any>} */ (options);
  if (environment === undefined) return strictProviderOf(connectionString);
  if (connectionString !== undefined) {
    throw failure(
      ArgumentError,
      'ERR_IOT_OPTION',
      'The options connectionString and environment are both given',
      {
        hint: 'Give one of them: each says who connects.',
      },
    );
  }
  if (environment !== true && (typeof environment !== 'object' || environment === null)) {
    throw badOption('environment', environment, 'true, or an object such as process.env');
  }
  // Loaded when needed: few are modules of IoT Edge.
  const { readEdgeEnvironment } = require('../identity/edge_environment');
  const read = readEdgeEnvironment(environment === true ? process.env : environment);
  if ('connectionString' in read) {
    const identity = strictProviderOf(read.connectionString);
    if (!identity.isModule) throw noModule();
    return { ...identity, caFile: read.caFile };
  }
  const { IotEdgeAuthenticationProvider } = require('../authentication/providers/iot_edge');
  const provider = new IotEdgeAuthenticationProvider(read.edge);
  return { provider, isModule: true, followsTrustBundle: ca === undefined };
}

function noModule() {
  const message = 'The connection string in the environment has no ModuleId: it is that of a device';
  return failure(ReferenceError, 'ERR_IOT_ENVIRONMENT', message, {
    hint: 'Set EdgeHubConnectionString to that of a module; a device is connected by connect({ connectionString }).',
  });
}

/**
 * A device has one thing that it proves itself by: what it would leave unused is a mistake, such as the shared access key in
 * the place of the private one.
 *
 * @param {Record<string, any>} options
 * @param {any} provider
 * @throws {ArgumentError} Something of a certificate is given to a device without one.
 */
function requireInUse(options, provider) {
  const unused = ['cert', 'key', 'passphrase'].find((name) => options[name]);
  if (unused === undefined || provider.type !== AuthenticationType.Token) return;
  const message = `The option ${unused} is given, but the device authenticates with a shared access key or a token`;
  throw failure(ArgumentError, 'ERR_IOT_OPTION', message, {
    hint: 'Leave cert, key and passphrase out, or use a connection string with x509=true.',
  });
}

/**
 * @param {any} Transport
 * @param {any} provider
 */
function readTransport(Transport = defaultTransport(), provider) {
  if (typeof Transport !== 'function')
    throw badOption('transport', Transport, 'a transport class such as Mqtt');
  const transport = new Transport(provider);
  if (transport[keepsPendingOperations] === true) return transport;
  throw failure(
    ArgumentError,
    'ERR_IOT_OPTION',
    `The option transport is ${quote(Transport.name)}, which does not keep messages over connection losses`,
    { hint: 'Use Mqtt, or Client.fromConnectionString(connectionString, Transport) for other transports.' },
  );
}

/** Loaded when needed: a device on another transport needs no native code. */
function defaultTransport() {
  return require('../mqtt/mqtt').Mqtt;
}

/** @param {any} retry */
function readRetry(retry) {
  if (retry === undefined) return { policy: new Forever(), retryFirst: false };
  if (retry === 'forever') return { policy: new Forever(), retryFirst: true };
  if (retry === 'never') return { policy: new NoRetry(), retryFirst: false };
  if (typeof retry?.shouldRetry !== 'function' || typeof retry.nextRetryTimeout !== 'function') {
    throw badOption('retry', retry, "'forever', 'never' or a retry policy");
  }
  return { policy: /** @type {import('../..').RetryPolicy} */ (retry), retryFirst: true };
}

/**
 * @param {Record<string, any>} values
 * @returns {Record<string, any>} Without those that are undefined.
 */
function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

module.exports = { readDeviceOptions };
