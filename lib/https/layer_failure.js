// @ts-check
'use strict';

/** @typedef {import('../native/binding').NativeFailure} NativeFailure */

/** Node's codes, in the words of the core (`src/failure/kind.rs`). @type {Record<string, string>} */
const KINDS = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-temporary',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timed-out',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-version',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'tls-version',
  ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE: 'tls-version',
};

/** What Node says when the peer ends the connection during the handshake: its code is that of a reset. */
const CLOSED_DURING_TLS = /disconnected before secure TLS/;

/** A connection got no further, told as the core tells it. */
class LayerFailure extends Error {
  /**
   * @param {string} stage As `NativeFailure` names it.
   * @param {{ kind: string, detail: string, code?: number, osError?: number }} what
   * @param {number} elapsedMs Since the stage began.
   */
  constructor(stage, what, elapsedMs) {
    super(what.detail);
    /** @type {NativeFailure} */
    this.native = { stage, chain: [], roots: [], elapsedMs, ...what };
  }

  /**
   * @param {string} stage
   * @param {any} error Of Node.
   * @param {number} elapsedMs
   */
  static of(stage, error, elapsedMs) {
    // Of several addresses: they fail alike, or the first says as much as any.
    const { code = '', errno, message } = error.errors?.[0] ?? error;
    const kind = CLOSED_DURING_TLS.test(message) ? 'closed' : (KINDS[code] ?? other(stage, code));
    const isOfName = kind.startsWith('name-');
    const osError = typeof errno === 'number' && errno < 0 && !isOfName ? -errno : undefined;
    return new LayerFailure(
      isOfName && stage === 'tcp' ? 'resolve' : stage,
      { kind, detail: message || code, ...(osError !== undefined && { osError }) },
      elapsedMs,
    );
  }
}

/**
 * @param {string} stage
 * @param {string} code
 */
function other(stage, code) {
  if (code.startsWith('HPE_')) return 'not-http';
  return stage === 'tls' ? 'tls' : 'io';
}

module.exports = { LayerFailure };
