// @ts-check
'use strict';

const { verdictInWords } = require('../../failures/verdict_words');
const { finding } = require('../causes');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').LayerFailure} LayerFailure */

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
  const evidence = { subject, fingerprint, detail: verdictInWords(detail) };
  if (kind === 'certificate-wrong-purpose') {
    return finding('certificate-purpose', {
      title: `The certificate ${subject} is not made for servers, but for ${purposes.join(', ') || 'something else'}`,
      explanation:
        'Its extended key usage does not contain serverAuth. Perhaps a certificate for clients was configured.',
      remedy: 'Have a server certificate issued: extendedKeyUsage=serverAuth.',
      evidence: { ...evidence, purposes },
    });
  }
  const anchor = root === undefined ? namesake : root;
  const all = [
    ...path.map((index) => presented[index]),
    ...(anchor === undefined ? [] : [ca?.roots[anchor]]),
  ];
  const weak = all.find((each) => each?.weakness);
  if (weak && kind !== 'certificate-unknown-issuer') {
    return finding('certificate-weak', {
      title: `The certificate ${weak.subject} is not secure: ${weak.weakness}`,
      explanation: 'RSA keys of fewer than 2048 bits and signatures with SHA-1 can be forged.',
      remedy: 'Issue it anew with an RSA key of 2048 bits or more, or an EC key, and signed with SHA-256.',
      evidence: { subject: weak.subject, key: weak.key, fingerprint: weak.fingerprint },
    });
  }
  const known = KINDS.find(([pattern]) => pattern.test(detail));
  if (known) {
    const [, code, title, explanation, remedy] = known;
    return finding(code, { title: `The certificate ${subject} ${title}`, explanation, remedy, evidence });
  }
  if (kind === 'certificate-unknown-issuer' || (kind === 'certificate-bad-signature' && root === undefined))
    return;
  return finding('certificate-invalid', {
    title: `The certificate ${subject} is not acceptable: ${verdictInWords(detail)}`,
    explanation: 'The verifier of the client refuses it, whatever its dates and names.',
    remedy: 'Have the certificates of the gateway made anew.',
    evidence,
  });
}

module.exports = { judgeWeakness };
