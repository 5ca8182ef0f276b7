'use strict';

const { AsnConvert } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');
const { issue } = require('../../gateway/certificates/certificate');
const {
  authorityExtensions,
  endEntityExtensions,
  extension,
} = require('../../gateway/certificates/extensions');
const { generateKeys } = require('../../gateway/certificates/keys');
const { largeRsaKeys } = require('./large_rsa');

/** The situations of docs/trust.md, made of fresh certificates. */

const DAY_MS = 86_400_000;
const daysFromNow = (days) => new Date(Date.now() + days * DAY_MS);

/**
 * What is presented, leaf first, what is trusted, and the name it must carry.
 *
 * @typedef {object} Situation
 * @property {any[]} present
 * @property {any[]} trusted
 * @property {string} [host] Default `localhost`.
 */

const keyUsage = (flags) =>
  extension(x509.id_ce_keyUsage, Buffer.from(AsnConvert.serialize(new x509.KeyUsage(flags))));
const { keyCertSign, cRLSign } = x509.KeyUsageFlags;

/** A certificate of a month, P-256 unless `key` says otherwise. */
async function certificate(
  commonName,
  { issuer, extensions, from = -30, to = 30, key = 'P-256', keys, ...more },
) {
  return issue({
    commonName,
    issuer,
    extensions,
    keys: keys ?? (await generateKeys(key)),
    notBefore: daysFromNow(from),
    notAfter: daysFromNow(to),
    ...more,
  });
}

/** @param {any} [issuer] None: it signs itself. */
function authority(commonName, issuer, { pathLength, extensions, ...more } = /** @type {any} */ ({})) {
  const usual = authorityExtensions({ pathLength });
  return certificate(commonName, { issuer, extensions: extensions ?? usual, ...more });
}

/** As edgeHub's: serial number 0, names, serverAuth and nothing else (contract edge-gateway.md §6.2). */
function server(
  issuer,
  { names, usages = ['serverAuth'], authority = false, more = [], ...rest } = /** @type {any} */ ({}),
) {
  const extensions = endEntityExtensions({ names: names ?? ['localhost', 'edgeHub'], usages, authority });
  const { commonName = 'localhost', ...others } = rest;
  const serialNumber = Uint8Array.of(0);
  return certificate(commonName, { issuer, extensions: [...extensions, ...more], serialNumber, ...others });
}

/** Root, intermediate and device CA, each as given or as usual. */
async function authorities({ root = {}, intermediate = {}, deviceCa = {} } = /** @type {any} */ ({})) {
  const top = await authority('A root', undefined, root);
  const middle = await authority('An intermediate', top, intermediate);
  return { root: top, intermediate: middle, deviceCa: await authority('edge.ca', middle, deviceCa) };
}

/** A gateway in order but for what is given. */
async function gateway({ host, present, trusted, leaf = {}, ...changes } = /** @type {any} */ ({})) {
  const { root, intermediate, deviceCa } = await authorities(changes);
  const all = { leaf: await server(deviceCa, leaf), deviceCa, intermediate, root };
  return {
    host,
    present: (present ?? ['leaf', 'deviceCa', 'intermediate']).map((role) => all[role]),
    trusted: trusted ? trusted(all) : [root],
  };
}

const PAST = { from: -60, to: -1 };
const FUTURE = { from: 2, to: 30 };

/**
 * By the words of docs/trust.md.
 *
 * @type {Record<string, () => Promise<Situation>>}
 */
const SITUATIONS = {
  // What gateways present
  'leaf, device CA and intermediate': () => gateway(),
  'the root besides': () => gateway({ present: ['leaf', 'deviceCa', 'intermediate', 'root'] }),
  'all of them shuffled, one twice': () =>
    gateway({ present: ['leaf', 'root', 'intermediate', 'deviceCa', 'intermediate'] }),
  'a foreign root besides': async () => {
    const usual = await gateway();
    return { ...usual, present: [...usual.present, await authority('Another root')] };
  },
  'quick start: the leaf alone, its CA is trusted': async () => {
    const root = await authority('aziot-edge CA edge', undefined, { pathLength: 0 });
    return { present: [await server(root)], trusted: [root] };
  },
  'the intermediate is missing': () => gateway({ present: ['leaf', 'deviceCa'] }),
  'the leaf alone': () => gateway({ present: ['leaf'] }),
  'keys on P-384 and P-521': () =>
    gateway({ root: { key: 'P-521' }, intermediate: { key: 'P-384' }, leaf: { key: 'P-384' } }),
  'the leaf has the common name of its issuer': () => gateway({ leaf: { commonName: 'edge.ca' } }),

  // Names
  'an IP address, as one': () => gateway({ host: '127.0.0.1', leaf: { names: ['127.0.0.1', 'edgeHub'] } }),
  'an IP address, written as a DNS name': () =>
    gateway({ host: '127.0.0.1', leaf: { names: ['dns:127.0.0.1', 'edgeHub'] } }),
  'an IP address is dialled, and only a DNS name is there': () => gateway({ host: '127.0.0.1' }),
  'another name': () => gateway({ leaf: { names: ['gateway.local', 'edgeHub'] } }),
  'a name of one label, in other case': () => gateway({ host: 'edgehub' }),
  'a name with an underscore': () => gateway({ host: 'edge_1.local', leaf: { names: ['edge_1.local'] } }),
  'a wildcard': () => gateway({ host: 'edge.plant.local', leaf: { names: ['*.plant.local'] } }),
  'a host whose last label is a number': () => gateway({ host: 'edge.5', leaf: { names: ['dns:edge.5'] } }),
  'the name in the common name, and no subject alternative name': () => gateway({ leaf: { names: false } }),

  // Dates
  'the leaf has expired': () => gateway({ leaf: PAST }),
  'the leaf is not yet valid': () => gateway({ leaf: FUTURE }),
  'the intermediate has expired': () => gateway({ intermediate: PAST }),
  'the intermediate is not yet valid': () => gateway({ intermediate: FUTURE }),
  'the root has expired': () => gateway({ root: PAST }),
  'the root is not yet valid': () => gateway({ root: FUTURE }),
  'the root has expired, and is presented too': () =>
    gateway({ root: PAST, present: ['leaf', 'deviceCa', 'intermediate', 'root'] }),
  'the root has expired, and a foreign one is trusted besides': async () => {
    const other = await authority('Another root');
    return gateway({ root: PAST, trusted: ({ root }) => [root, other] });
  },
  'the root has expired, and was renewed with its key': () =>
    gateway({
      root: PAST,
      trusted: ({ root }) => [root, renewed(root)],
    }),

  // What is trusted
  'another root': async () => {
    const other = await authority('Another root');
    return gateway({ trusted: () => [other] });
  },
  'another root of the same name': async () => {
    const other = await authority('A root');
    return gateway({ trusted: () => [other] });
  },
  'the old root and the new one, of the same name': async () => {
    const old = await authority('A root');
    return gateway({ trusted: ({ root }) => [old, root, root] });
  },
  'the intermediate': () => gateway({ trusted: ({ intermediate }) => [intermediate] }),
  'the device CA': () => gateway({ trusted: ({ deviceCa }) => [deviceCa] }),
  'a root of version 1': () => gateway({ root: { version: 1 } }),
  'a root signed with SHA-1': () => gateway({ root: { key: 'rsa-2048', digest: 'sha1' } }),
  'a root without basic constraints': () => gateway({ root: { extensions: [] } }),
  'a root whose key usage does not allow signing': () =>
    gateway({ root: { extensions: [authorityExtensions()[0], keyUsage(cRLSign)] } }),
  'a root without basic constraints whose key usage allows signing': () =>
    gateway({ root: { extensions: [keyUsage(keyCertSign)] } }),
  'a server certificate that issued the leaf': async () => {
    const issuer = await server(undefined, { commonName: 'A server' });
    return { present: [await server(issuer)], trusted: [issuer] };
  },

  // The server's own certificate
  'the very leaf': () => gateway({ trusted: ({ leaf }) => [leaf] }),
  'the very leaf, presented alone': () => gateway({ present: ['leaf'], trusted: ({ leaf }) => [leaf] }),
  'the very leaf, signed by itself': () => own({}),
  'the very leaf, signed by itself, with CA:TRUE': () => own({ authority: true }),
  'the very leaf, for another name': () =>
    gateway({ leaf: { names: ['gateway.local'] }, trusted: ({ leaf }) => [leaf] }),
  'the very leaf, expired': () => gateway({ leaf: PAST, trusted: ({ leaf }) => [leaf] }),
  'the very leaf, signed by itself, not yet valid': () => own(FUTURE),
  'the very leaf, for clients': () =>
    gateway({ leaf: { usages: ['clientAuth'] }, trusted: ({ leaf }) => [leaf] }),
  'the very leaf, signed by itself, with CA:TRUE, for clients': () =>
    own({ authority: true, usages: ['clientAuth'] }),
  'the leaf as it was before its renewal': async () => {
    const former = await gateway();
    const latter = await gateway();
    return { ...latter, trusted: [former.present[0]] };
  },

  // What is written in a certificate
  'the leaf says CA:TRUE': () => gateway({ leaf: { authority: true } }),
  'the leaf has no extended key usage': () => gateway({ leaf: { usages: false } }),
  'the leaf is for clients': () => gateway({ leaf: { usages: ['clientAuth'] } }),
  'the leaf has a key usage that allows no TLS': () => gateway({ leaf: { more: [keyUsage(cRLSign)] } }),
  'the intermediate has a key usage that does not allow signing': () =>
    gateway({ intermediate: { extensions: [authorityExtensions()[0], keyUsage(cRLSign)] } }),
  'the intermediate says nothing of CA': () => gateway({ intermediate: { extensions: [] } }),
  'a critical extension that nobody knows': () =>
    gateway({
      leaf: {
        more: [{ oid: '1.2.3.4', critical: true, value: Buffer.from([5, 0]) }],
      },
    }),
  'the leaf is of version 1': () => gateway({ leaf: { version: 1 } }),
  'the intermediate is of version 1': () => gateway({ intermediate: { version: 1 } }),
  'a CA below one that allows none': () => gateway({ intermediate: { pathLength: 0 } }),
  'eight CAs below the root': async () => {
    const cas = [await authority('A root')];
    while (cas.length < 9) cas.push(await authority(`CA ${cas.length}`, cas.at(-1)));
    const [root, ...below] = cas;
    return { present: [await server(below.at(-1)), ...below.reverse()], trusted: [root] };
  },
  'the leaf has an RSA key of 1024 bits': () => gateway({ leaf: { key: 'rsa-1024' } }),
  'the root has an RSA key of more than 8192 bits': () => gateway({ root: { keys: largeRsaKeys(8200) } }),
  'the device CA has an RSA key of 1024 bits': () => gateway({ deviceCa: { key: 'rsa-1024' } }),
  'the leaf is signed with SHA-1': () => gateway({ deviceCa: { key: 'rsa-2048' }, leaf: { digest: 'sha1' } }),
};

/** A server certificate that signed itself, trusted. */
async function own(options) {
  const leaf = await server(undefined, options);
  return { present: [leaf], trusted: [leaf] };
}

/** The same name and key, for another month. */
function renewed({ commonName, keys }) {
  return issue({
    commonName,
    keys,
    extensions: authorityExtensions(),
    notBefore: daysFromNow(-1),
    notAfter: daysFromNow(30),
  });
}

module.exports = { SITUATIONS };
