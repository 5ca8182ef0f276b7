// @ts-check
'use strict';

const { strictProviderOf } = require('../authentication/strict_provider');
const { applyTokenRenewal } = require('../authentication/token_renewal');
const { Forever } = require('../connection/forever');
const { DEVICE } = require('../vocabulary/idiom');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { badOption, requireKnown, requireText, requireTimeouts, requireUpTo } = require('../plumbing/option');
const { NoRetry } = require('../connection/retry_policy');
const { keepsPendingOperations } = require('../connection/transport');

const OPTIONS = [
  'connectionString',
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

/**
 * What `connect(options)` was told, checked and in the terms of the rooms below.
 *
 * @param {import('../..').ConnectOptions} options
 * @throws {ArgumentError} An option is unknown or cannot be used, or the connection string is at fault.
 */
function readDeviceOptions(options) {
  requireKnown(options, OPTIONS);
  const { keepAlive, timeouts, whenFull, productInfo, modelId, tokenRenewal } = options;
  requireUpTo('keepAlive', keepAlive, 'seconds', LONGEST_KEEP_ALIVE_S);
  requireText('productInfo', productInfo);
  requireText('modelId', modelId);
  if (whenFull !== undefined && whenFull !== 'wait' && whenFull !== 'refuse') {
    throw badOption('whenFull', whenFull, "'wait' or 'refuse'");
  }
  requireTimeouts(timeouts);
  const provider = strictProviderOf(options.connectionString);
  if (tokenRenewal !== undefined) {
    requireKnown(tokenRenewal, TOKEN_RENEWAL, 'tokenRenewal');
    applyTokenRenewal(provider, tokenRenewal, DEVICE);
  }
  return {
    transport: readTransport(options.transport, provider),
    transportOptions: given({
      ca: options.ca,
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
