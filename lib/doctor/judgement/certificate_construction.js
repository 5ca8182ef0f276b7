// @ts-check
'use strict';

const { finding } = require('../causes');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/**
 * What is wrong with a CA of the chain, where the verdict is about the certificate below it.
 *
 * @param {DiagnosisFacts} facts
 * @param {import('../../..').LayerFailure} failure
 */
function judgeConstruction(facts, { kind, verdict = '' }) {
  if (verdict === 'EndEntityUsedAsCa') return intermediateNotCa(facts);
  if (kind === 'certificate-name-not-permitted' || verdict === 'NameConstraintViolation')
    return notPermitted(facts);
  if (/CriticalExtension/.test(verdict)) return criticalExtension(facts);
  return undefined;
}

/** @param {DiagnosisFacts} facts */
function intermediateNotCa({ certificate }) {
  const { presented = [], path = [] } = certificate ?? {};
  const between = path.slice(1).map((index) => presented[index]);
  const culprit = between.find(({ ca }) => !ca);
  if (culprit === undefined) return undefined;
  const { subject, fingerprint } = culprit;
  return finding('intermediate-not-ca', {
    title: `${subject}, which the gateway sends as an intermediate, is no CA: it lacks CA:TRUE`,
    explanation: `Only a CA may issue certificates, so what it issued, ${presented[0].subject}, is not trusted.`,
    remedy:
      'Issue the edge CA anew with basicConstraints=critical,CA:TRUE and keyUsage=keyCertSign, and apply it.',
    command: 'sudo iotedge config apply',
    evidence: { subject, fingerprint },
  });
}

/** @param {DiagnosisFacts} facts */
function notPermitted({ certificate, ca }) {
  const { presented = [], path = [], root } = certificate ?? {};
  const [server, ...above] = path.map((index) => presented[index]);
  const anchor = root === undefined ? [] : [/** @type {any} */ (ca).roots[root]];
  const limiting = [...above, ...anchor].find(({ permittedNames }) => permittedNames !== undefined);
  const permitted = limiting?.permittedNames ?? [];
  const names = server.names.map((name) => name.replace(/^(DNS|IP):/, ''));
  const only = permitted.length > 0 ? `, only those below ${permitted.join(', ')}` : '';
  return finding('names-not-permitted', {
    title: `${limiting?.subject ?? 'A CA of the chain'} does not permit the names of the gateway's certificate, ${names.join(', ')}${only}`,
    explanation:
      'A CA may be limited to certain names (name constraints), and every name must be among them, edgeHub too.',
    remedy: 'Have that CA made anew with those names permitted, or the certificate with names that are.',
    evidence: { subject: limiting?.subject, names, permitted, fingerprint: limiting?.fingerprint },
  });
}

/** @param {DiagnosisFacts} facts */
function criticalExtension({ certificate }) {
  const { presented = [] } = certificate ?? {};
  const [{ subject, fingerprint }] = presented;
  return finding('critical-extension', {
    title: `${subject}, or a CA above it, has a critical extension that is not known here`,
    explanation:
      'What is marked critical must be understood or refused; no other client may pass over it either.',
    remedy: 'Have the certificate made anew without that extension, or with it not critical.',
    command: 'openssl x509 -in <certificate>.pem -noout -text',
    evidence: { subject, fingerprint },
  });
}

module.exports = { judgeConstruction };
