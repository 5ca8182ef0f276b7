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
 * The CAs of a chain, from the root down (contract edge-gateway.md §6.3, §6.5).
 * @param {ChainOptions} options
 * @param {Date} now
 * @param {Issued} [sharedRoot]
 * @returns {Promise<Authorities>}
 */
async function createAuthorities(options, now, sharedRoot) {
  if (options.quickStart) {
    const deviceCa = await createAuthority('deviceCa', options, now);
    return { root: deviceCa, deviceCa };
  }
  const root = sharedRoot ?? (await createAuthority('root', options, now));
  const intermediate = await createAuthority('intermediate', options, now, root);
  const deviceCa = await createAuthority('deviceCa', options, now, intermediate);
  if (!options.certificates?.workloadCa) return { root, intermediate, deviceCa };
  return {
    root,
    intermediate,
    deviceCa,
    workloadCa: await createAuthority('workloadCa', options, now, deviceCa),
  };
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
  return createAuthority('root', { ...options, certificates: { root: { commonName } } }, now);
}

/**
 * @param {Level} level
 * @param {ChainOptions} options
 * @param {Date} now
 * @param {Issued} [issuer] default: itself
 */
async function createAuthority(level, options, now, issuer) {
  const { quickStart = false, caKeySize = 2048, caKey = `rsa-${caKeySize}`, certificates = {} } = options;
  const overrides = certificates[level] ?? {};
  const { pathLength = quickStart ? 0 : undefined, notBefore = now } = overrides;
  const validity = quickStart ? QUICK_START_VALIDITY : VALIDITY;
  return issue({
    commonName: overrides.commonName ?? nameOf(level, options),
    keys: await generateKeys(overrides.key ?? caKey),
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

module.exports = { createAuthorities, createMistakenRoot };
