// @ts-check
'use strict';

const { createHash } = require('node:crypto');
const { linkedCrates } = require('./crates');
const { PARTS } = require('./toolchain_parts');

/**
 * What the packages are made of, as CycloneDX 1.5 writes it: each package with the hash of its tarball, and below those with
 * an add-on the crates that are linked into it, and what compilers add. The JavaScript has no other's code in it.
 *
 * @param {import('./tarballs').Tarball[]} tarballs
 * @returns {object}
 */
function billOfMaterials(tarballs) {
  const main = /** @type {import('./tarballs').Tarball} */ (
    tarballs.find(({ manifest }) => manifest.optionalDependencies)
  );
  const linked = [...linkedCrates().map(crateComponent), ...PARTS.map(partComponent)];
  const platforms = tarballs.filter(({ manifest }) => manifest.os);
  const gateways = tarballs.filter((each) => each !== main && !platforms.includes(each));
  const packages = tarballs.map(packageComponent);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(tarballs.map(({ integrity }) => integrity).join())}`,
    version: 1,
    metadata: { component: packageComponent(main) },
    components: [...packages.filter(({ name }) => name !== main.manifest.name), ...linked],
    dependencies: [
      { ref: referenceOf(main), dependsOn: platforms.map(referenceOf) },
      ...gateways.map((each) => ({ ref: referenceOf(each), dependsOn: [] })),
      ...platforms.map((each) => ({
        ref: referenceOf(each),
        dependsOn: linked.map((each) => each['bom-ref']),
      })),
    ],
  };
}

/** @param {import('./tarballs').Tarball} tarball */
function packageComponent(tarball) {
  const { manifest, integrity } = tarball;
  const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return {
    type: 'library',
    'bom-ref': referenceOf(tarball),
    name: manifest.name,
    version: manifest.version,
    hashes: [{ alg: 'SHA-512', content: hash }],
    licenses: [{ expression: manifest.license }],
    purl: referenceOf(tarball),
  };
}

/** @param {import('./tarballs').Tarball} tarball */
function referenceOf({ manifest }) {
  return `pkg:npm/${manifest.name}@${manifest.version}`;
}

/** @param {import('./crates').Crate} crate */
function crateComponent({ name, version, license, checksum }) {
  const purl = `pkg:cargo/${name}@${version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    hashes: [{ alg: 'SHA-256', content: checksum }],
    licenses: [{ expression: license }],
    purl,
  };
}

/** @param {import('./toolchain_parts').Part} part */
function partComponent({ name, license }) {
  return { type: 'library', 'bom-ref': name, name, licenses: [{ expression: license }] };
}

/** @param {string} text @returns {string} The same for the same packages. */
function uuidOf(text) {
  const bytes = createHash('sha256').update(text).digest();
  // Version 8 is for whatever one makes it of; the variant is that of RFC 9562.
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

module.exports = { billOfMaterials };
