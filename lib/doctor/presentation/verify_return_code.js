// @ts-check
'use strict';

const { isIP } = require('node:net');
const { validity } = require('./validity');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/** OpenSSL's words by its numbers (`openssl verify` manual). */
const WORDS = /** @type {Record<number, string>} */ ({
  0: 'ok',
  9: 'certificate is not yet valid',
  10: 'certificate has expired',
  18: 'self-signed certificate',
  19: 'self-signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
  21: 'unable to verify the first certificate',
  62: 'hostname mismatch',
  64: 'IP address mismatch',
});

/**
 * What `openssl s_client -CAfile … -verify_hostname …` would say, for people who compare. It goes on after a fault and
 * tells the last one: dates after path and name, and of the dates those of the server.
 *
 * @param {DiagnosisFacts} facts
 * @returns {string | undefined} `Verify return code: 0 (ok)`; nothing where OpenSSL judges otherwise than the client, or by
 *   what the report does not hold.
 */
function verifyReturnCode(facts) {
  const code = codeOf(facts);
  return code === undefined ? undefined : `Verify return code: ${code} (${WORDS[code]})`;
}

/**
 * @param {DiagnosisFacts} facts
 * @param {string} code Its `verifyReturnCode`.
 * @returns {string | undefined} Why OpenSSL may say another one.
 */
function verifyRemark({ connectionString }, code) {
  if (!code.includes('mismatch')) return undefined;
  const { host = '' } = connectionString ?? {};
  return `(openssl s_client looks at names only with ${isIP(host) ? '-verify_ip' : '-verify_hostname'} ${host})`;
}

/** @param {DiagnosisFacts} facts */
function codeOf({ certificate, ca, connectionString }) {
  if (!certificate || certificate.presented.length === 0 || ca?.fault) return undefined;
  const { presented, path, at, verified, root, namesake, pathFailure, nameFailure, pinned } = certificate;
  const sent = path.map((index) => presented[index]);
  const anchor = root === undefined || !ca ? undefined : ca.roots[root];
  // To OpenSSL a CA that somebody else issued is no root; and two of one name confuse it, or not.
  if (anchor?.selfSigned === false || certificate.sentNamesake !== undefined) return undefined;
  // What is too weak depends on how OpenSSL was built, and it may take a common name for a name.
  if (pinned || sent.some(({ weakness }) => weakness) || sent[0].names.length === 0) return undefined;
  if (verified) return 0;
  const chain = [...sent, ...(anchor ? [anchor] : [])];
  const outdated = chain.find((each) => !validity(each, at).valid);
  if (outdated) return outdated.daysLeft < 0 ? 10 : 9;
  if (pathFailure) {
    const told = pathFailure.kind === 'certificate-unknown-issuer' && namesake === undefined;
    return told ? issuerCode(chain) : undefined;
  }
  if (nameFailure) return isIP(connectionString?.host ?? '') ? 64 : 62;
  return undefined;
}

/** @param {ExaminedCertificate[]} chain To no root. */
function issuerCode(chain) {
  const alone = chain.length === 1;
  if (chain[chain.length - 1].selfSigned) return alone ? 18 : 19;
  return alone ? 21 : 20;
}

module.exports = { verifyRemark, verifyReturnCode };
