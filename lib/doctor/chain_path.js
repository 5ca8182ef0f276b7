// @ts-check
'use strict';

const { isSignedBy } = require('./certificate');

/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

/**
 * Where a presented chain leads, by names and signatures alone: for explaining a verdict, not for making one.
 *
 * @param {X509Certificate[]} presented The server's first; the order of the others does not count.
 * @param {X509Certificate[]} roots Those given.
 * @returns {{ path: number[], root?: number, namesake?: number, sentNamesake?: number, pinned: boolean }}
 */
function followPath(presented, roots) {
  const path = [0];
  let top = presented[0];
  while (top.subject !== top.issuer) {
    const issuer = presented.findIndex(
      (each, index) => !path.includes(index) && each.subject === top.issuer && isSignedBy(top, each),
    );
    if (issuer === -1) break;
    path.push(issuer);
    top = presented[issuer];
  }
  // A root given may stand anywhere above a certificate of the path.
  const anchors = path.map((index) => anchorOf(presented[index], roots)).filter((index) => index !== -1);
  const namesake = roots.findIndex(({ subject }) => subject === top.issuer);
  const sentNamesake = presented.findIndex(
    (each, index) => !path.includes(index) && each.subject === top.issuer,
  );
  return {
    path,
    ...(anchors.length > 0 && { root: anchors[0] }),
    ...(anchors.length === 0 && namesake !== -1 && { namesake }),
    ...(anchors.length === 0 && sentNamesake !== -1 && { sentNamesake }),
    pinned: roots.some((root) => root.raw.equals(presented[0].raw)),
  };
}

/**
 * @param {X509Certificate} certificate
 * @param {X509Certificate[]} roots
 */
function anchorOf(certificate, roots) {
  return roots.findIndex(
    (root) =>
      root.raw.equals(certificate.raw) ||
      (root.subject === certificate.issuer && isSignedBy(certificate, root)),
  );
}

module.exports = { followPath };
