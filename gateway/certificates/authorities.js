// @ts-check
'use strict';

const { issue } = require('./certificate');
const { authorityExtensions } = require('./extensions');
const { generateKeys } = require('./keys');
const { QUICK_START_VALIDITY, VALIDITY } = require('./validity');

const ROOT_NAME = 'Azure_IoT_Hub_CA_Cert_Test_Only';
const INTERMEDIATE_NAME = 'Azure_IoT_Hub_Intermediate_Cert_Test_Only';

/**
 * @typedef {import('./certificate').Issued} Issued
 * @typedef {import('../index').ChainOptions} ChainOptions
 * @typedef {{ root: Issued, intermediate?: Issued, deviceCa: Issued, workloadCa?: Issued }} Authorities
 * @typedef {'root' | 'intermediate' | 'deviceCa' | 'workloadCa'} Level
 */

/**
 * The CAs that a chain does not share with another, from the top down.
 * @param {ChainOptions} options
 * @returns {Level[]}
 */
function ownAuthorities({ issuer, root, quickStart, certificates }) {
  if (issuer) return [];
  if (quickStart) return ['deviceCa'];
  return [
    ...(root ? [] : /** @type {const} */ (['root'])),
    'intermediate',
    'deviceCa',
    ...(certificates?.workloadCa ? /** @type {const} */ (['workloadCa']) : []),
  ];
}

/**
 * The CAs of a chain.
 * @param {ChainOptions} options
 * @param {Date} now
 * @param {Partial<Authorities>} shared
 * @returns {Promise<Authorities>}
 */
async function createAuthorities(options, now, shared) {
  const levels = ownAuthorities(options);
  // RSA keys take long to make; at the same time, it is shorter.
  const keys = await Promise.all(levels.map((level) => generateKeys(keyKind(level, options))));
  const authorities = { ...shared };
  let issuer = shared.root;
  for (const [i, level] of levels.entries()) {
    issuer = authorities[level] = createAuthority(level, options, now, keys[i], issuer);
  }
  // The CA of a quick-start gateway is its own root.
  return /** @type {Authorities} */ ({ root: authorities.deviceCa, ...authorities });
}

/**
 * A root that devices are given by mistake.
 * @param {'stranger' | 'namesake'} kind of another name, or of the same
 * @param {Authorities} authorities
 * @param {ChainOptions} options
 * @param {Date} now
 */
async function createMistakenRoot(kind, { root }, options, now) {
  const commonName = kind === 'namesake' ? root.commonName : 'Another_Root';
  const given = { ...options, certificates: { root: { commonName } } };
  return createAuthority('root', given, now, await generateKeys(keyKind('root', given)));
}

/**
 * @param {Level} level
 * @param {ChainOptions} options
 */
function keyKind(level, { caKeySize = 2048, caKey = `rsa-${caKeySize}`, certificates }) {
  return certificates?.[level]?.key ?? caKey;
}

/**
 * @param {Level} level
 * @param {ChainOptions} options
 * @param {Date} now
 * @param {import('./keys').KeyPair} keys
 * @param {Issued} [issuer] default: itself
 */
function createAuthority(level, options, now, keys, issuer) {
  const { quickStart = false, certificates = {} } = options;
  const overrides = certificates[level] ?? {};
  const { pathLength = quickStart ? 0 : undefined, notBefore = now } = overrides;
  const validity = quickStart ? QUICK_START_VALIDITY : VALIDITY;
  return issue({
    commonName: overrides.commonName ?? nameOf(level, options),
    keys,
    issuer,
    extensions:
      overrides.authority === false ? [] : authorityExtensions({ pathLength, signsLists: !quickStart }),
    notBefore,
    notAfter: overrides.notAfter ?? new Date(notBefore.getTime() + validity),
    serialNumber: overrides.serialNumber,
    version: overrides.version,
    digest: overrides.digest,
  });
}

/**
 * @param {Level} level
 * @param {ChainOptions} options
 */
function nameOf(level, { quickStart = false, rootName = ROOT_NAME, edgeDeviceName = 'edge' }) {
  if (quickStart) return `aziot-edge CA ${edgeDeviceName}`;
  return {
    root: rootName,
    intermediate: INTERMEDIATE_NAME,
    deviceCa: `${edgeDeviceName}.ca`,
    workloadCa: `iotedged workload ca ${edgeDeviceName}`,
  }[level];
}

module.exports = { createAuthorities, createMistakenRoot, ownAuthorities };
