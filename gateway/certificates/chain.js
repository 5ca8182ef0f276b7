// @ts-check
'use strict';

const { createAuthorities, createMistakenRoot } = require('./authorities');
const { issue } = require('./certificate');
const { endEntityExtensions } = require('./extensions');
const { generateKeys } = require('./keys');
const { checkGiven, checkOptions } = require('./options');
const { VALIDITY, wholeSecond } = require('./validity');
const { withVariant } = require('./variants');

/**
 * @typedef {import('./certificate').Issued} Issued
 * @typedef {import('./authorities').Authorities} Authorities
 * @typedef {import('../index').Chain} Chain
 * @typedef {import('../index').ChainOptions} ChainOptions
 */

/**
 * What each chain was issued by, keys included, so that a later chain or a device's certificate can share it.
 * @type {WeakMap<Chain, Authorities>}
 */
const authoritiesOf = new WeakMap();

/**
 * Makes the certificates of a gateway: root → intermediate → device CA → edgeHub's server certificate or, with
 * `quickStart`, self-signed device CA → server certificate. Every chain has new keys unless `root` or `issuer` shares
 * those of an earlier one. Options and result are described in types/certificates.d.ts.
 * @param {ChainOptions} [given]
 * @returns {Promise<Chain>}
 */
async function createChain(given = {}) {
  checkGiven(given);
  const { now: clock = new Date() } = given;
  const options = withVariant(given, clock.getTime());
  checkOptions(options);
  const now = wholeSecond(clock.getTime());
  const { rootGiven = 'actual' } = options;

  const [authorities, serverKeys] = await Promise.all([
    createAuthorities(options, now, sharedAuthorities(options)),
    generateKeys(options.certificates?.server?.key ?? options.serverKey ?? 'rsa-2048'),
  ]);
  const server = createServer(options, now, serverKeys, authorities.workloadCa ?? authorities.deviceCa);
  const root =
    rootGiven === 'actual'
      ? authorities.root
      : await createMistakenRoot(rootGiven, authorities, options, now);

  const certificates = { server, ...authorities };
  const present = options.present ?? usuallyPresented(authorities);
  const chain = Object.freeze({
    host: [options.host ?? 'localhost'].flat()[0],
    rootPem: root.pem,
    actualRootPem: authorities.root.pem,
    intermediatePem: authorities.intermediate?.pem,
    deviceCaPem: authorities.deviceCa.pem,
    serverPem: server.pem,
    serverKeyPem: server.keyPem,
    chainPem: present.map((role) => presented(certificates, role)).join(''),
  });
  authoritiesOf.set(chain, authorities);
  return chain;
}

/**
 * edgeHub's certificate, but for the overrides.
 * @param {ChainOptions} options
 * @param {Date} now
 * @param {import('./keys').KeyPair} keys
 * @param {Issued} issuer
 */
function createServer({ host = 'localhost', certificates = {} }, now, keys, issuer) {
  const names = [host].flat();
  const overrides = certificates.server ?? {};
  const { notBefore = now, usages = ['serverAuth'], authority } = overrides;
  return issue({
    commonName: overrides.commonName ?? names[0],
    keys,
    issuer,
    extensions: endEntityExtensions({ names: overrides.names ?? [...names, 'edgeHub'], usages, authority }),
    notBefore,
    // As certd does: never longer than the issuer.
    notAfter:
      overrides.notAfter ?? new Date(Math.min(notBefore.getTime() + VALIDITY, issuer.notAfter.getTime())),
    serialNumber: overrides.serialNumber ?? Uint8Array.of(0),
    version: overrides.version,
    digest: overrides.digest,
  });
}

/**
 * @param {ChainOptions} options
 * @returns {Partial<Authorities>}
 */
function sharedAuthorities({ issuer, root }) {
  if (issuer) return authoritiesBehind(issuer, 'issuer');
  return root ? { root: authoritiesBehind(root, 'root').root } : {};
}

/**
 * What a gateway sends; one that was quickly started, its server certificate alone.
 * @param {Authorities} authorities
 * @returns {import('../index').ChainRole[]}
 */
function usuallyPresented({ intermediate, workloadCa }) {
  if (!intermediate) return ['server'];
  return workloadCa
    ? ['server', 'workloadCa', 'deviceCa', 'intermediate']
    : ['server', 'deviceCa', 'intermediate'];
}

/**
 * @param {Chain} chain
 * @param {string} option for the words of the error
 * @returns {Authorities}
 * @throws {TypeError} not a chain made here
 */
function authoritiesBehind(chain, option) {
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
  if (!certificate) {
    throw new RangeError(`createChain: 'present' names '${role}', which this chain does not have`);
  }
  return certificate.pem;
}

module.exports = { authoritiesBehind, createChain };
