// @ts-check
'use strict';

const { Refusal } = require('./refusal');

/**
 * @typedef {import('node:crypto').X509Certificate} X509Certificate
 */

/** Certificates of a client that are looked at. */
const MOST_PRESENTED = 10;
/** Signatures verified for one client; a good chain needs one a certificate. */
const MOST_VERIFIED = 8;
/** Of an RSA key, in bits: with longer ones each signature takes long. */
const LONGEST_MODULUS = 8192;

/**
 * Decides on the certificate of a device.
 * @param {X509Certificate[]} presented the device's own first, then intermediates in any order
 * @param {object} terms
 * @param {string} terms.clientId
 * @param {import('../index').Thumbprints | 'ca'} terms.x509 what the device must show
 * @param {X509Certificate[]} terms.trustBundle
 * @param {number} terms.now milliseconds since 1970
 * @throws {Refusal} CONNACK 5
 */
function checkCertificate(presented, { clientId, x509, trustBundle, now }) {
  const [own] = presented;
  checkDates(own, `certificate of '${clientId}'`, now);
  if (x509 !== 'ca') return checkThumbprint(own, clientId, x509);
  const { CN: commonName } = /** @type {{ CN?: unknown }} */ (own.toLegacyObject().subject ?? {});
  if (commonName !== clientId) {
    throw new Refusal(5, `certificate of '${clientId}' has the common name '${commonName ?? ''}'`);
  }
  if (own.ca) throw new Refusal(5, `certificate of '${clientId}' is that of a CA`);
  const [, ...authorities] = pathToBundle(presented, clientId, trustBundle);
  for (const authority of authorities) {
    checkDates(authority, `certificate '${nameOf(authority.subject)}' in the chain of '${clientId}'`, now);
  }
}

/**
 * @param {X509Certificate} certificate
 * @param {string} clientId
 * @param {import('../index').Thumbprints} thumbprints
 */
function checkThumbprint(
  { fingerprint, fingerprint256 },
  clientId,
  { primaryThumbprint, secondaryThumbprint },
) {
  const own = [fingerprint, fingerprint256].map((each) => each.replaceAll(':', '').toLowerCase());
  if (own.includes(primaryThumbprint) || (secondaryThumbprint && own.includes(secondaryThumbprint))) return;
  throw new Refusal(
    5,
    `certificate of '${clientId}' has the thumbprint ${own[0]}, SHA-256 ${own[1]}, and not one of its own`,
  );
}

/**
 * @param {X509Certificate} certificate
 * @param {string} what
 * @param {number} now
 */
function checkDates({ validFrom, validTo }, what, now) {
  const from = Date.parse(validFrom);
  const to = Date.parse(validTo);
  if (now < from) throw new Refusal(5, `${what} is not valid before ${new Date(from).toISOString()}`);
  if (now > to) throw new Refusal(5, `${what} expired at ${new Date(to).toISOString()}`);
}

/**
 * A way from the device's certificate to one that the gateway knows, by names and signatures.
 * @param {X509Certificate[]} presented
 * @param {string} clientId
 * @param {X509Certificate[]} trustBundle
 * @returns {X509Certificate[]}
 */
function pathToBundle(presented, clientId, trustBundle) {
  const trusted = new Set(trustBundle.map(({ fingerprint256 }) => fingerprint256));
  const candidates = [...trustBundle, ...presented.slice(0, MOST_PRESENTED)];
  let verified = 0;
  // Each certificate is entered once, and few signatures are verified, so that no client can make the search long.
  /** @type {Map<string, X509Certificate>} */
  const entered = new Map();
  /**
   * @param {X509Certificate} certificate
   * @returns {X509Certificate[] | undefined}
   */
  const pathFrom = (certificate) => {
    entered.set(certificate.fingerprint256, certificate);
    if (trusted.has(certificate.fingerprint256)) return [certificate];
    for (const candidate of candidates) {
      if (entered.has(candidate.fingerprint256) || !claimsIssuer(certificate, candidate)) continue;
      if (++verified > MOST_VERIFIED || !isSignedBy(certificate, candidate)) continue;
      const rest = pathFrom(candidate);
      if (rest) return [certificate, ...rest];
    }
  };
  const path = pathFrom(presented[0]);
  if (path) return path;
  const last = /** @type {X509Certificate} */ ([...entered.values()].pop());
  throw new Refusal(
    5,
    `certificate of '${clientId}' does not lead to the trust bundle: ` +
      `its chain ends with '${nameOf(last.subject)}', issued by '${nameOf(last.issuer)}'`,
  );
}

/**
 * By names and usages.
 * @param {X509Certificate} certificate
 * @param {X509Certificate} issuer
 */
function claimsIssuer(certificate, issuer) {
  return issuer.ca && certificate.checkIssued(issuer);
}

/**
 * @param {X509Certificate} certificate
 * @param {X509Certificate} issuer
 */
function isSignedBy(certificate, issuer) {
  try {
    const { publicKey } = issuer;
    if ((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) > LONGEST_MODULUS) return false;
    return certificate.verify(publicKey);
  } catch {
    // OpenSSL cannot read a key of that kind.
    return false;
  }
}

/**
 * @param {string | undefined} name one attribute a line
 */
const nameOf = (name) => (name ?? '').replaceAll('\n', ', ');

module.exports = { checkCertificate };
