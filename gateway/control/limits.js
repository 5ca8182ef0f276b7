// @ts-check
'use strict';

/**
 * @typedef {import('../index').Limits} Limits
 */

/**
 * edgeHub's values (contract edge-gateway.md §2, §3.4, §4, §5), but for the delay of a refusal, which takes a real
 * gateway seconds to minutes (§7), and the size of the store, which is that of its disk.
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
  lingerMs: 1000,
  timeToLiveMs: 7200000,
  storeBytes: 64 * 1024 * 1024,
  twinDelayMs: 0,
  twinOfflineDelayMs: 20000,
  methodDeliveryDelayMs: 3000,
};

/** Longest delay of a timer, in milliseconds; Node turns longer ones into 1 ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * @param {Limits} [changes]
 * @returns {Required<Limits>}
 * @throws {TypeError} unknown limit, or a value it cannot have
 */
function limitsOf(changes = {}) {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in LIMITS)) {
      throw new TypeError(`limits: '${name}' is unknown; there are ${Object.keys(LIMITS).join(', ')}`);
    }
    const most = name.endsWith('Ms') ? LONGEST_DELAY : Infinity;
    if (!(value >= 0 && value <= most)) throw new TypeError(`limits: ${name} cannot be ${value}`);
  }
  return { ...LIMITS, ...changes };
}

module.exports = { LONGEST_DELAY, limitsOf };
