// @ts-check
'use strict';

const { finding } = require('../causes');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').LayerFailure} LayerFailure */

/**
 * A verdict that has words of its own: by its kind, or by what the verifier calls it.
 *
 * @typedef {object} Verdict
 * @property {RegExp} kind
 * @property {RegExp} [name]
 * @property {string} code
 * @property {(subject: string, detail: string) => string} title
 * @property {string} explanation
 * @property {string} remedy
 */

/** @type {Verdict[]} */
const VERDICTS = [
  {
    kind: /^certificate-invalid$/,
    name: /CaUsedAsEndEntity/,
    code: 'certificate-is-ca',
    title: (subject) => `The certificate ${subject} is marked as a CA (CA:TRUE)`,
    explanation:
      'A server must not present a CA as its own certificate. openssl req -x509 makes such certificates unless told otherwise.',
    remedy: 'Have a server certificate issued, with basicConstraints=CA:FALSE.',
  },
  {
    kind: /^certificate-invalid$/,
    name: /PathLen/,
    code: 'path-length',
    title: (subject) => `The certificate ${subject} stands below a CA that may not issue CAs (pathlen)`,
    explanation:
      'A CA with pathlen:0, such as the one a gateway makes itself, may issue server certificates only.',
    remedy: 'Issue the CA of the gateway from one without that limit.',
  },
  {
    kind: /^certificate-invalid$/,
    name: /UnsupportedCertVersion/,
    code: 'certificate-version',
    title: (subject) => `The certificate ${subject} is of an old form (X.509 version 1)`,
    explanation: 'It has no extensions, so it says neither for which names it is nor whether it is a CA.',
    remedy: 'Issue it anew with extensions: openssl x509 -req … -extfile.',
  },
  {
    kind: /^certificate-root-(?!expired$|not-yet-valid$)/,
    code: 'root-limited',
    title: (subject, detail) => `The root above ${subject} does not vouch for it: ${detail}`,
    explanation:
      'What a root says of itself counts: whether it is a CA, for which purposes, and how many CAs may stand below it. OpenSSL and Node refuse the same.',
    remedy: 'Have the root made anew: CA:TRUE, keyCertSign, no extended key usage, no or a larger pathlen.',
  },
  {
    kind: /^certificate-chain-too-long$/,
    code: 'chain-too-long',
    title: (_, detail) => `The chain of the gateway is not looked through: ${detail}`,
    explanation:
      'Nobody may make a device verify without end, so a chain is bounded: 16 certificates, 32 KiB, six CAs between server and root. IoT Edge has two to five certificates.',
    remedy:
      'The edge CA file of the gateway must hold the device CA and its intermediates, each once, and no more.',
  },
];

/**
 * What is wrong with the certificates themselves, whoever issued them.
 *
 * @param {DiagnosisFacts} facts
 * @param {LayerFailure} failure
 */
function judgeWeakness({ certificate, ca }, { kind, detail, verdict: name = '' }) {
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
  const verdict = VERDICTS.find((each) => each.kind.test(kind) && (!each.name || each.name.test(name)));
  if (verdict) {
    const { code, title, explanation, remedy } = verdict;
    return finding(code, { title: title(subject, detail), explanation, remedy, evidence });
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
