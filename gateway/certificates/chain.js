// @ts-check
'use strict';

const { authorityExtensions, generateKeys, issue, serverExtensions } = require('./certificate');

const DAY = 24 * 3600 * 1000;

/** Of certGen.sh's certificates and of edgeHub's server certificate. */
const VALIDITY = 30 * DAY;
const QUICK_START_VALIDITY = 90 * DAY;

const ROOT_NAME = 'Azure_IoT_Hub_CA_Cert_Test_Only';
const INTERMEDIATE_NAME = 'Azure_IoT_Hub_Intermediate_Cert_Test_Only';

/**
 * @typedef {import('./certificate').Issued} Issued
 * @typedef {import('../index').Chain} Chain
 * @typedef {import('../index').ChainOptions} ChainOptions
 * @typedef {{ root: Issued, intermediate?: Issued, deviceCa: Issued }} Authorities
 */

/**
 * What each chain was issued by, keys included, so that a later chain can share it.
 * @type {WeakMap<Chain, Authorities>}
 */
const authoritiesOf = new WeakMap();

/**
 * Makes the certificates of a gateway: root → intermediate → device CA → edgeHub's server certificate or, with
 * `quickStart`, self-signed device CA → server certificate. Every chain has new keys unless `root` or `issuer`
 * shares those of an earlier one. Contract edge-gateway.md §6.2 (server), §6.3 (quick start), §6.4 (what is
 * presented), §6.5 (CAs). Options and result are described in index.d.ts.
 * @param {ChainOptions} [options]
 * @returns {Promise<Chain>}
 */
async function createChain(options = {}) {
  const { host = 'localhost', serverKey = 'rsa-2048', quickStart = false, issuer } = options;
  const present = options.present || (quickStart ? ['server'] : ['server', 'deviceCa', 'intermediate']);
  const now = wholeSecond(Date.now());

  const [authorities, keys] = await Promise.all([
    issuer ? sharedAuthorities('issuer', issuer) : createAuthorities(options, now),
    generateKeys(serverKey),
  ]);
  const names = [host].flat();
  const notBefore = options.serverNotBefore || now;
  const { deviceCa } = authorities;
  const server = issue({
    commonName: names[0],
    keys,
    issuer: deviceCa,
    extensions: serverExtensions([...names, 'edgeHub']),
    notBefore,
    // As certd does: never longer than the issuer.
    notAfter:
      options.serverNotAfter ||
      new Date(Math.min(notBefore.getTime() + VALIDITY, deviceCa.notAfter.getTime())),
    serialNumber: Uint8Array.of(0),
  });

  const certificates = { server, ...authorities };
  const chain = Object.freeze({
    host: names[0],
    rootPem: authorities.root.pem,
    intermediatePem: authorities.intermediate?.pem,
    deviceCaPem: deviceCa.pem,
    serverPem: server.pem,
    serverKeyPem: server.keyPem,
    chainPem: present.map((role) => presented(certificates, role)).join(''),
  });
  authoritiesOf.set(chain, authorities);
  return chain;
}

/**
 * @param {ChainOptions} options
 * @param {Date} now
 * @returns {Promise<Authorities>}
 */
async function createAuthorities(options, now) {
  const { root: shared, rootName = ROOT_NAME, edgeDeviceName = 'edge', caKeySize = 2048 } = options;
  const kind = options.caKey || `rsa-${caKeySize}`;
  if (options.quickStart) {
    const deviceCa = issue({
      commonName: `aziot-edge CA ${edgeDeviceName}`,
      keys: await generateKeys(kind),
      extensions: authorityExtensions({ quickStart: true }),
      notBefore: now,
      notAfter: new Date(now.getTime() + QUICK_START_VALIDITY),
    });
    return { root: deviceCa, deviceCa };
  }

  const [intermediateKeys, deviceCaKeys, rootKeys] = await Promise.all([
    generateKeys(kind),
    generateKeys(kind),
    shared ? undefined : generateKeys(kind),
  ]);
  const usual = {
    extensions: authorityExtensions(),
    notBefore: now,
    notAfter: new Date(now.getTime() + VALIDITY),
  };
  const root = rootKeys
    ? issue({ commonName: rootName, keys: rootKeys, ...usual })
    : sharedAuthorities('root', /** @type {Chain} */ (shared)).root;
  const intermediate = issue({
    commonName: INTERMEDIATE_NAME,
    keys: intermediateKeys,
    issuer: root,
    ...usual,
  });
  const deviceCa = issue({
    commonName: `${edgeDeviceName}.ca`,
    keys: deviceCaKeys,
    issuer: intermediate,
    ...usual,
  });
  return { root, intermediate, deviceCa };
}

/**
 * @param {string} option
 * @param {Chain} chain
 */
function sharedAuthorities(option, chain) {
  const authorities = authoritiesOf.get(chain);
  if (!authorities) throw new TypeError(`createChain: '${option}' is not a chain made by createChain here`);
  return authorities;
}

/**
 * @param {Record<string, Issued | undefined>} certificates
 * @param {string} role
 */
function presented(certificates, role) {
  const certificate = certificates[role];
  if (!certificate)
    throw new RangeError(`createChain: 'present' names '${role}', which this chain does not have`);
  return certificate.pem;
}

/**
 * X.509 times have whole seconds; rounding down keeps "now" out of the future.
 * @param {number} milliseconds
 */
function wholeSecond(milliseconds) {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

module.exports = { createChain };
