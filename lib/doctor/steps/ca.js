// @ts-check
'use strict';

const { mayBeSecret } = require('../../tls/path');
const { readRoots } = require('../../tls/trust');
const { certificateFacts, parseCertificate } = require('../certificate');
const { judgeAuthority } = require('../judgement/ca');

/** Contract edge-gateway.md §10.2, row 6. @type {import('../steps').Step<'ca'>} */
module.exports = {
  name: 'ca',
  title: 'Root certificate',
  gather(examination) {
    const { ca, caOrigin } = examination.settings;
    const facts = { origin: caOrigin, ...pathOf(ca), bundledRoots: false };
    try {
      examination.trust = readRoots(ca);
    } catch (error) {
      const { code, message, hint } = /** @type {any} */ (error);
      return { ...facts, roots: [], systemRoots: false, fault: { code, message, hint } };
    }
    const { roots, systemRoots } = examination.trust;
    const readable = roots.flatMap((der) => parseCertificate(der) ?? []);
    examination.roots = readable;
    return {
      ...facts,
      roots: readable.map((root) => withoutPem(certificateFacts(root, examination.now()))),
      systemRoots,
    };
  },
  judge: judgeAuthority,
};

/**
 * A store may hold many, and whoever gave them has them.
 *
 * @param {import('../../..').ExaminedCertificate} facts
 */
function withoutPem({ pem: _, ...facts }) {
  return facts;
}

/** @param {unknown} ca */
function pathOf(ca) {
  const isPath = typeof ca === 'string' && !/-----|\n/.test(ca) && !mayBeSecret(ca);
  return isPath ? { path: ca } : {};
}
