// @ts-check
'use strict';

const { finding } = require('../causes');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').LayerFailure} LayerFailure */

/** RSA keys shorter than that are refused. */
const LEAST_RSA_BITS = 2048;

/** What the verifier calls it. @type {[pattern: RegExp, code: string, title: string, explanation: string, remedy: string][]} */
const KINDS = [
  [
    /CaUsedAsEndEntity/,
    'certificate-is-ca',
    'is marked as a CA (CA:TRUE)',
    'A server must not present a CA as its own certificate. openssl req -x509 makes such certificates unless told otherwise.',
    'Have a server certificate issued, with basicConstraints=CA:FALSE.',
  ],
  [
    /PathLen/,
    'path-length',
    'stands below a CA that may not issue CAs (pathlen)',
    'A CA with pathlen:0, such as the one a gateway makes itself, may issue server certificates only.',
    'Issue the CA of the gateway from one without that limit.',
  ],
  [
    /UnsupportedCertVersion/,
    'certificate-version',
    'is of an old form (X.509 version 1)',
    'It has no extensions, so it says neither for which names it is nor whether it is a CA.',
    'Issue it anew with extensions: openssl x509 -req … -extfile.',
  ],
  [
    /UnsupportedSignatureAlgorithm|RsaKeySize|SHA-?1/i,
    'certificate-weak',
    'or one above it is signed in a way that is not secure any more (SHA-1)',
    'SHA-1 signatures can be forged.',
    'Issue the chain anew with SHA-256.',
  ],
];

/**
 * What is wrong with the certificates themselves, whoever issued them.
 *
 * @param {DiagnosisFacts} facts
 * @param {LayerFailure} failure
 */
function judgeWeakness({ certificate, ca }, { kind, detail }) {
  const { presented = [], path = [], root, namesake } = certificate ?? {};
  const [{ subject, fingerprint, purposes }] = presented;
  const evidence = { subject, fingerprint, detail };
  if (kind === 'certificate-wrong-purpose') {
    return finding('certificate-purpose', {
      title: `The certificate ${subject} is not made for servers, but for ${purposes.join(', ') || 'something else'}`,
      explanation:
        'Its extended key usage does not contain serverAuth. Perhaps a certificate for clients was configured.',
      remedy: 'Have a server certificate issued: extendedKeyUsage=serverAuth.',
      evidence: { ...evidence, purposes },
    });
  }
  const known = KINDS.find(([pattern]) => pattern.test(detail));
  if (known && !(known[1] === 'certificate-weak' && namesake !== undefined)) {
    const [, code, title, explanation, remedy] = known;
    return finding(code, { title: `The certificate ${subject} ${title}`, explanation, remedy, evidence });
  }
  const anchor = root === undefined ? [] : [ca?.roots[root]];
  const all = [...path.map((index) => presented[index]), ...anchor];
  const short = all.find((each) => Number(/^RSA (\d+)$/.exec(each?.key ?? '')?.[1]) < LEAST_RSA_BITS);
  if (short && (kind === 'certificate-bad-signature' || root !== undefined)) {
    return finding('certificate-weak', {
      title: `The key of ${short.subject} is too short: ${short.key}`,
      explanation: `RSA keys of fewer than ${LEAST_RSA_BITS} bits are not secure any more.`,
      remedy: 'Issue the certificate anew with a key of 2048 bits or more.',
      evidence: { subject: short.subject, key: short.key, fingerprint: short.fingerprint },
    });
  }
  if (kind === 'certificate-unknown-issuer' || (kind === 'certificate-bad-signature' && root === undefined))
    return;
  return finding('certificate-invalid', {
    title: `The certificate ${subject} is not acceptable: ${detail}`,
    explanation: 'The verifier of the client refuses it, whatever its dates and names.',
    remedy: 'Have the certificates of the gateway made anew.',
    evidence,
  });
}

module.exports = { judgeWeakness };
