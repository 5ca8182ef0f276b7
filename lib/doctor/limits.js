// @ts-check
'use strict';

/**
 * How long each thing may take, milliseconds.
 *
 * @typedef {{ -readonly [Name in keyof typeof LIMITS]: number }} Limits
 */
const LIMITS = Object.freeze({
  /** Name resolution. */
  nameMs: 10_000,
  /** TCP: two lost SYNs are forgiven. */
  tcpMs: 5_000,
  /** TCP to a proxy, and what it needs to reach the gateway. */
  tunnelMs: 15_000,
  /** TCP to ports that are only compared with. */
  compareMs: 2_000,
  /** A small gateway that has just started computes for seconds. */
  tlsMs: 15_000,
  /** What answers instead of TLS, or tells the time: each try. */
  strangerMs: 1_000,
  /** A gateway that was just started refuses after 100 s (contract edge-gateway.md §7). */
  connackMs: 120_000,
  /** A refusal that took longer came after a look-up at the hub. */
  slowRefusalMs: 2_000,
  /** PUBACK. */
  sendMs: 30_000,
  /** Staying connected, to notice another client of the same id. */
  stayMs: 5_000,
  /** Closing. */
  closeMs: 2_000,
});

module.exports = { LIMITS };
