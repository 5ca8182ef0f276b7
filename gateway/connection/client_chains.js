// @ts-check
'use strict';

/**
 * @typedef {import('node:crypto').X509Certificate} X509Certificate
 */

/** Clients whose chains are remembered: more than a gateway serves. */
const MOST = 500;
/** Of a chain that is remembered, in bytes: several times a usual one. Anybody may present one. */
const MAX_SIZE = 16384;

/**
 * The certificates that clients presented. A resumed TLS session has only the client's own certificate, so its chain
 * is remembered from the full handshake.
 */
class ClientChains {
  /** @type {Map<string, X509Certificate[]>} by SHA-256 of the client's own, the oldest first */
  #chains = new Map();

  /**
   * @param {import('node:tls').TLSSocket} secure after the handshake, on the server's side
   * @returns {X509Certificate[]} the client's own first, the others as sent; none without a client certificate
   */
  of(secure) {
    const own = secure.getPeerX509Certificate();
    if (!own) return [];
    const remembered = this.#chains.get(own.fingerprint256);
    if (secure.isSessionReused() && remembered) return remembered;
    const chain = [];
    for (let each = /** @type {X509Certificate | undefined} */ (own); each; each = each.issuerCertificate)
      chain.push(each);
    this.#remember(own.fingerprint256, chain);
    return chain;
  }

  /**
   * @param {string} fingerprint
   * @param {X509Certificate[]} chain
   */
  #remember(fingerprint, chain) {
    this.#chains.delete(fingerprint);
    const size = chain.reduce((sum, { raw }) => sum + raw.length, 0);
    if (chain.length === 1 || size > MAX_SIZE) return;
    this.#chains.set(fingerprint, chain);
    const [oldest] = this.#chains.keys();
    if (this.#chains.size > MOST) this.#chains.delete(oldest);
  }
}

module.exports = { ClientChains };
