// @ts-check
'use strict';

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/**
 * One place in the chain of issuers: a certificate, or the one that should be there.
 *
 * @typedef {object} Link
 * @property {string} subject
 * @property {ExaminedCertificate} [certificate] None: only its name is known.
 * @property {'trusted' | 'sent' | 'untrusted' | 'missing' | 'unknown'} state `unknown`: it cannot be said.
 * @property {string} role In words.
 * @property {ExaminedCertificate} [namesake] The device was given another one of that name.
 */

/**
 * Who issued whom, from the root down to the gateway.
 *
 * @param {DiagnosisFacts} facts
 * @returns {{ links: Link[], besides: Link[] }} `besides`: sent, and not needed.
 */
function chainLinks(facts) {
  const { presented = [], path = [] } = facts.certificate ?? {};
  const certificates = path.map((index) => presented[index]);
  if (certificates.length === 0) return { links: [], besides: [] };
  const { anchor, length } = anchorOf(facts, certificates);
  const used = certificates.slice(0, length);
  const links = used.map((certificate, index) => sent(certificate, index));
  if (anchor.certificate && anchor.certificate === used[length - 1]) links[length - 1] = anchor;
  else links.push(anchor);
  const others = presented.filter((each) => !used.includes(each));
  return { links: links.reverse(), besides: others.map(besides) };
}

/**
 * @param {ExaminedCertificate} certificate
 * @returns {Link}
 */
function besides(certificate) {
  return { subject: certificate.subject, certificate, state: 'sent', role: 'sent besides, and not needed' };
}

/**
 * @param {ExaminedCertificate} certificate
 * @param {number} index From the server's on.
 * @returns {Link}
 */
function sent(certificate, index) {
  const role = index === 0 ? 'the certificate of the gateway' : 'intermediate';
  return { subject: certificate.subject, certificate, state: 'sent', role };
}

/**
 * Where the path ends, and how many of its certificates are needed to get there.
 *
 * @param {DiagnosisFacts} facts
 * @param {ExaminedCertificate[]} path The server's first.
 * @returns {{ anchor: Link, length: number }}
 */
function anchorOf({ ca, certificate: chain }, path) {
  const { root, namesake, pathFailure } = chain ?? {};
  if (root !== undefined && ca) return given(ca.roots[root], path);
  const top = path[path.length - 1];
  /** @returns {{ anchor: Link, length: number }} */
  const above = (/** @type {Link['state']} */ state, /** @type {string} */ role) => ({
    anchor: top.selfSigned
      ? { subject: top.subject, certificate: top, state, role }
      : { subject: top.issuer, state, role },
    length: path.length,
  });
  if (ca?.fault) return above('unknown', 'not compared: the root certificate given cannot be used');
  if (!pathFailure) return above('trusted', 'trusted root, of the system');
  const place = ca?.systemRoots ? 'the system' : 'the CA file';
  if (namesake !== undefined && ca) {
    const role = `${top.selfSigned ? 'NOT TRUSTED' : 'MISSING'}: ${place} has one of this name, but with another key`;
    const { anchor, length } = above(top.selfSigned ? 'untrusted' : 'missing', role);
    return { anchor: { ...anchor, namesake: ca.roots[namesake] }, length };
  }
  if (top.selfSigned) return above('untrusted', `sent, but NOT TRUSTED: it is not in ${place}`);
  const sentNamesake = chain?.sentNamesake !== undefined;
  const missing = sentNamesake ? 'the one sent has another key' : 'not sent by the gateway';
  return above('missing', `MISSING: ${missing}; ${place} would need a certificate of this name`);
}

/**
 * @param {ExaminedCertificate} root One given.
 * @param {ExaminedCertificate[]} path
 * @returns {{ anchor: Link, length: number }}
 */
function given(root, path) {
  const { subject } = root;
  const same = path.findIndex(({ fingerprint }) => fingerprint === root.fingerprint);
  if (same !== -1) {
    const role = same === 0 ? 'the certificate of the gateway, trusted as it is' : 'trusted root, also sent';
    return { anchor: { subject, certificate: path[same], state: 'trusted', role }, length: same + 1 };
  }
  const below = path.findIndex(({ issuer }) => issuer === subject);
  const anchor = /** @type {Link} */ ({ subject, certificate: root, state: 'trusted', role: 'trusted root' });
  return { anchor, length: below === -1 ? path.length : below + 1 };
}

module.exports = { chainLinks };
