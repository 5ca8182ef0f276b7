// @ts-check
'use strict';

const { isWeak, weaknessOf } = require('../failures/weakness');
const { judge } = require('../native/add_on');
const { bundledTrust } = require('../tls/trust');

/** @typedef {import('../native/binding').NativeFailure} NativeFailure */
/** @typedef {import('../tls/trust').Trust} Trust */
/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

/** More than a session would look at: it refuses such a chain (docs/trust.md). */
const MOST_CERTIFICATES = 32;

/**
 * The sessions' verdict on the server at the other end of a handshake.
 *
 * @param {import('node:tls').TLSSocket} socket
 * @param {string} host The name or address that was meant.
 * @param {Trust[]} trusts It is accepted if it is by one of them.
 * @returns {NativeFailure | undefined} Nothing: accepted. Else what weighs most.
 */
function refusalOf(socket, host, trusts) {
  const certificates = chainOf(socket);
  const chain = certificates.map(({ raw }) => raw);
  /** @type {NativeFailure[]} */
  const refusals = [];
  for (const trust of trusts) {
    const refusal = judgedBy(trust, chain, host);
    if (refusal === undefined) return weaknessIn(certificates, chain);
    refusals.push({ ...refusal, chain });
  }
  // That one does not know the issuer says less than what another, which does, has found.
  return refusals.find(({ kind }) => kind !== 'certificate-unknown-issuer') ?? refusals.at(-1);
}

/**
 * In a session the handshake itself fails with such a key; that of Node takes it.
 *
 * @param {X509Certificate[]} certificates Those of the chain.
 * @param {Buffer[]} chain
 * @returns {NativeFailure | undefined}
 */
function weaknessIn([leaf], chain) {
  if (!isWeak(leaf)) return undefined;
  const detail = `it is not secure: ${weaknessOf(leaf)}`;
  return { stage: 'tls', kind: 'certificate-bad-signature', detail, chain, roots: [], elapsedMs: 0 };
}

/**
 * @param {Trust} trust
 * @param {Buffer[]} chain
 * @param {string} host
 */
function judgedBy(trust, chain, host) {
  const judged = (/** @type {Trust} */ by) => judge({ ...by, chain, host, atMs: Date.now() }) ?? undefined;
  const refusal = judged(trust);
  return refusal?.kind === 'no-roots' && trust.systemRoots ? judged(bundledTrust()) : refusal;
}

/**
 * @param {import('node:tls').TLSSocket} socket
 * @returns {X509Certificate[]} The server's own first, each below the one that follows.
 */
function chainOf(socket) {
  const chain = [];
  // Node tells it once.
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined && chain.length < MOST_CERTIFICATES) {
    chain.push(certificate);
    const { issuerCertificate } = certificate;
    certificate = issuerCertificate?.raw.equals(certificate.raw) ? undefined : issuerCertificate;
  }
  return chain;
}

module.exports = { refusalOf };
