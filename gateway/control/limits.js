// @ts-check
'use strict';

const { inspect } = require('node:util');
const { isRecord } = require('./values');

/**
 * @typedef {import('../index').Limits} Limits
 */

/**
 * edgeHub's values, but for the delay of a refusal, which takes a real gateway seconds to minutes, and the size of
 * the store, which is that of its disk.
 * @type {Required<Limits>}
 */
const LIMITS = {
  connectTimeoutMs: 60000,
  maxPacketSize: 262144,
  maxKeepAliveMs: 600000,
  maxClients: 100,
  maxPendingPublishes: 100,
  refusalDelayMs: 50,
  refusalDelayOfflineMs: 100,
  sasGraceMs: 300000,
  reauthenticateIntervalMs: 300000,
  c2dLockMs: 60000,
  c2dMaxDeliveries: 10,
  c2dTimeToLiveMs: 3600000,
  c2dReceiveMs: 20000,
  inputAckTimeoutMs: 30000,
  lingerMs: 1000,
  timeToLiveMs: 7200000,
  storeBytes: 64 * 1024 * 1024,
  twinDelayMs: 0,
  twinOfflineDelayMs: 20000,
  twinSyncPeriodMs: 120000,
  methodDeliveryDelayMs: 3000,
  uploadsPerDevice: 10,
  blobSasMs: 3600000,
  blobBytes: 512 * 1024 * 1024,
};

/** What IoT Hub has otherwise: no bound on clients, and longer silence, as far as its load balancers let it be. */
const OF_HUB = { maxClients: Infinity, maxKeepAliveMs: 1767000, methodDeliveryDelayMs: 0 };

/** Longest delay of a timer, in milliseconds; Node turns longer ones into 1 ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * @param {unknown} value
 * @returns {value is number} milliseconds that a timer takes
 */
function isDelay(value) {
  return typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY;
}

/**
 * @param {Limits} [changes]
 * @param {Required<Limits>} [usual]
 * @returns {Required<Limits>}
 * @throws {TypeError} unknown limit, or a value it cannot have
 */
function limitsOf(changes = {}, usual = LIMITS) {
  if (!isRecord(changes)) throw new TypeError(`limits: ${inspect(changes)} is not an object of limits`);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(LIMITS, name)) {
      throw new TypeError(`limits: '${name}' is unknown; there are ${Object.keys(LIMITS).join(', ')}`);
    }
    const good = name.endsWith('Ms') ? isDelay(value) : typeof value === 'number' && value >= 0;
    if (!good) throw new TypeError(`limits: ${name} cannot be ${inspect(value)}`);
  }
  return { ...usual, ...Object.fromEntries(given) };
}

/**
 * @param {Limits} [changes]
 * @returns {Required<Limits>}
 * @throws {TypeError} as `limitsOf`
 */
const hubLimitsOf = (changes) => limitsOf(changes, { ...LIMITS, ...OF_HUB });

module.exports = { LONGEST_DELAY, hubLimitsOf, isDelay, limitsOf };
