// @ts-check
'use strict';

const net = require('node:net');

const DAY = 24 * 3600 * 1000;

/**
 * @typedef {import('../index').ChainOptions} ChainOptions
 * @typedef {import('../index').ChainVariant} ChainVariant
 *
 * @typedef {object} Variant
 * @property {string} meaning for people, one line
 * @property {(now: number, host: string[]) => ChainOptions} options
 * @property {string} [address] the host has to be an IP address; the usual one
 */

const P_256 = /** @type {const} */ ('P-256');

/** @param {number} now */
const past = (now) => ({ notBefore: new Date(now - 60 * DAY), notAfter: new Date(now - DAY) });

/** @param {number} now */
const future = (now) => ({ notBefore: new Date(now + DAY), notAfter: new Date(now + 30 * DAY) });

/**
 * Chains by name: those that real gateways have, and those at fault.
 * @type {Record<ChainVariant, Variant>}
 */
const VARIANTS = {
  'good-dns': { meaning: 'in order, for a host name', options: () => ({}) },
  'good-ip': { meaning: 'in order, for an IP address', address: '127.0.0.1', options: () => ({}) },
  'quick-start': {
    meaning: 'no configured certificates: only the leaf is sent, its self-signed CA is the root',
    options: () => ({ quickStart: true }),
  },
  'quick-start-with-ca': {
    meaning: 'the same, and the CA is sent, too',
    options: () => ({ quickStart: true, present: ['server', 'deviceCa'] }),
  },
  'full-chain': {
    meaning: 'leaf, device CA and intermediate are sent',
    options: () => ({ present: ['server', 'deviceCa', 'intermediate'] }),
  },
  'root-included': {
    meaning: 'the root is sent, too',
    options: () => ({ present: ['server', 'deviceCa', 'intermediate', 'root'] }),
  },
  shuffled: {
    meaning: 'all are sent, in no order',
    options: () => ({ present: ['server', 'root', 'intermediate', 'deviceCa'] }),
  },
  'missing-intermediate': {
    meaning: 'leaf and device CA are sent, the intermediate is not',
    options: () => ({ present: ['server', 'deviceCa'] }),
  },
  'wrong-root': {
    meaning: 'devices are given the root of another gateway, of another name',
    options: () => ({ rootGiven: 'stranger' }),
  },
  'same-name-root': {
    meaning: 'devices are given an old root: of the same name, with another key',
    options: () => ({ rootGiven: 'namesake' }),
  },
  'expired-leaf': {
    meaning: 'the server certificate has expired',
    options: (now) => ({ certificates: { server: past(now) } }),
  },
  'expired-intermediate': {
    meaning: 'the intermediate has expired',
    options: (now) => ({ certificates: { intermediate: past(now) } }),
  },
  'expired-root': {
    meaning: 'the root has expired',
    options: (now) => ({ certificates: { root: past(now) } }),
  },
  'not-yet-valid-leaf': {
    meaning: 'the server certificate begins tomorrow',
    options: (now) => ({ certificates: { server: future(now) } }),
  },
  'not-yet-valid-intermediate': {
    meaning: 'the intermediate begins tomorrow',
    options: (now) => ({ certificates: { intermediate: future(now) } }),
  },
  'not-yet-valid-root': {
    meaning: 'the root begins tomorrow',
    options: (now) => ({ certificates: { root: future(now) } }),
  },
  'common-name-only': {
    meaning: 'the name is in the common name alone, there is no subject alternative name',
    options: () => ({ certificates: { server: { names: false } } }),
  },
  'wrong-name': {
    meaning: 'the certificate is for other.example',
    options: () => ({
      certificates: { server: { commonName: 'other.example', names: ['other.example', 'edgeHub'] } },
    }),
  },
  'ip-as-dns-name': {
    meaning: 'the IP address is written as a host name',
    address: '127.0.0.1',
    options: (_, host) => ({
      certificates: { server: { names: [...host.map((name) => `dns:${name}`), 'edgeHub'] } },
    }),
  },
  'leaf-is-ca': {
    meaning: 'the server certificate says it is a CA',
    options: () => ({ certificates: { server: { authority: true } } }),
  },
  'no-usage': {
    meaning: 'no extended key usage, which is allowed',
    options: () => ({ certificates: { server: { usages: false } } }),
  },
  'client-usage': {
    meaning: 'the server certificate is for clients',
    options: () => ({ certificates: { server: { usages: ['clientAuth'] } } }),
  },
  'version-1': {
    meaning: 'the server certificate is X.509 version 1',
    options: () => ({ certificates: { server: { version: 1 } } }),
  },
  'rsa-1024': {
    meaning: 'the key of the server certificate is too short',
    options: () => ({ certificates: { server: { key: 'rsa-1024' } } }),
  },
  'sha-1': {
    meaning: 'the server certificate is signed with SHA-1',
    options: () => ({ certificates: { server: { digest: 'sha1' } } }),
  },
  'path-length': {
    meaning: 'a CA stands below a device CA that allows none',
    options: () => ({
      certificates: { deviceCa: { pathLength: 0 }, workloadCa: {} },
      present: ['server', 'workloadCa', 'deviceCa', 'intermediate'],
    }),
  },
  'p-256': { meaning: 'all keys P-256', options: () => ({ caKey: 'P-256', serverKey: 'P-256' }) },
  'p-384': { meaning: 'all keys P-384', options: () => ({ caKey: 'P-384', serverKey: 'P-384' }) },
  'p-521': { meaning: 'all keys P-521', options: () => ({ caKey: 'P-521', serverKey: 'P-521' }) },
  ed25519: { meaning: 'all keys Ed25519', options: () => ({ caKey: 'Ed25519', serverKey: 'Ed25519' }) },
};

/** What each variant is, by name. @type {Record<ChainVariant, string>} */
const CHAIN_VARIANTS = /** @type {any} */ (
  Object.fromEntries(Object.entries(VARIANTS).map(([name, { meaning }]) => [name, meaning]))
);

/**
 * The options of a variant. What the caller says besides goes before it, `certificates` role by role; keys are P-256
 * unless the variant or the caller says otherwise.
 * @param {ChainOptions} options
 * @param {number} now milliseconds since 1970
 * @returns {ChainOptions}
 * @throws {RangeError} unknown variant, or a host that does not go with it
 */
function withVariant({ variant, ...given }, now) {
  const options = stated(given);
  if (variant === undefined) return options;
  if (!Object.hasOwn(VARIANTS, variant)) {
    throw new RangeError(
      `certificate variant '${variant}' is unknown; there are ${Object.keys(VARIANTS).join(', ')}`,
    );
  }
  const { address, options: optionsFor } = VARIANTS[variant];
  const { host = address ?? 'localhost' } = options;
  const hosts = [host].flat();
  if (address && !net.isIP(hosts[0])) {
    throw new RangeError(
      `certificate variant '${variant}' needs an IP address as host, such as ${address}, not '${hosts[0]}'`,
    );
  }
  const { certificates = {}, ...base } = optionsFor(now, hosts);
  const merged = { ...certificates };
  for (const [role, overrides] of Object.entries(options.certificates ?? {})) {
    const key = /** @type {keyof typeof merged} */ (role);
    merged[key] = { ...merged[key], ...stated(overrides) };
  }
  const fast = options.caKeySize === undefined ? { caKey: P_256, serverKey: P_256 } : { serverKey: P_256 };
  return { ...fast, ...base, ...options, host, certificates: merged };
}

/**
 * Without what is undefined, which must not hide what the variant says.
 * @template {object} T
 * @param {T} options
 * @returns {T}
 */
function stated(options) {
  return /** @type {T} */ (
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  );
}

module.exports = { CHAIN_VARIANTS, withVariant };
