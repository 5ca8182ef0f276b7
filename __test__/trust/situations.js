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

/** An extension by what `@peculiar/asn1-x509` makes of its value. */
const encoded = (oid, value) => extension(oid, Buffer.from(AsnConvert.serialize(value)));
const keyUsage = (flags) => encoded(x509.id_ce_keyUsage, new x509.KeyUsage(flags));
const forPurposes = (...ids) => encoded(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage(ids));
const subtreesOf = (names) =>
  names.length > 0
    ? new x509.GeneralSubtrees(
        names.map((name) => new x509.GeneralSubtree({ base: new x509.GeneralName(name) })),
      )
    : undefined;
/** As a CA must mark it (RFC 5280 §4.2.1.10). */
const namesWithin = ({ permitted = [], excluded = [] }) => {
  const permittedSubtrees = subtreesOf(permitted);
  const excludedSubtrees = subtreesOf(excluded);
  const value = new x509.NameConstraints({ permittedSubtrees, excludedSubtrees });
  return { ...encoded(x509.id_ce_nameConstraints, value), critical: true };
};
/** One that nobody knows. */
const unknown = (critical) => ({ oid: '1.2.3.4', critical, value: Buffer.from([5, 0]) });

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
  'a root that allows as many CAs as there are': () => gateway({ root: { pathLength: 2 } }),
  'a root that allows one CA, and there are two': () => gateway({ root: { pathLength: 1 } }),
  'a root that allows no CA, and there are two': () => gateway({ root: { pathLength: 0 } }),
  'a root that allows no CA, and signed the leaf': async () => {
    const root = await authority('A root', undefined, { pathLength: 0 });
    return { present: [await server(root)], trusted: [root] };
  },
  'a root that allows no CA, above one that is its own issuer': async () => {
    const root = await authority('A root', undefined, { pathLength: 0 });
    const renamed = await authority('A root', root);
    return { present: [await server(renamed), renamed], trusted: [root] };
  },
  'a root that allows no CA, and one of its name and key that allows all': async () => {
    const usual = await gateway({ root: { pathLength: 0 } });
    return { ...usual, trusted: [...usual.trusted, await renewed(usual.trusted[0])] };
  },
  'a root for servers and clients': () => rootWith(forPurposes(x509.id_kp_clientAuth, x509.id_kp_serverAuth)),
  'a root for e-mail only': () => rootWith(forPurposes(x509.id_kp_emailProtection)),
  'a root for any purpose, as the extension says it': () => rootWith(forPurposes(x509.anyExtendedKeyUsage)),
  'a root with a critical extension that nobody knows': () => rootWith(unknown(true)),
  'a root with an extension that nobody knows': () => rootWith(unknown(false)),
  'a root that permits the names of the gateway': () =>
    rootWith(namesWithin({ permitted: [{ dNSName: 'localhost' }, { dNSName: 'edgeHub' }] })),
  'a root that permits other names': () =>
    rootWith(namesWithin({ permitted: [{ dNSName: 'corp.example' }] })),
  'a root that permits one of the names': () =>
    rootWith(namesWithin({ permitted: [{ dNSName: 'localhost' }] })),
  'a root that excludes a name of the gateway': () =>
    rootWith(namesWithin({ excluded: [{ dNSName: 'edgeHub' }] })),
  'a root that excludes some directory name': () => {
    const value = new x509.AttributeValue({ utf8String: 'Somebody else' });
    const name = new x509.AttributeTypeAndValue({ type: '2.5.4.3', value });
    const directoryName = new x509.Name([new x509.RelativeDistinguishedName([name])]);
    return rootWith(namesWithin({ excluded: [{ directoryName }] }));
  },
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
  'the very leaf, signed by itself, with a critical extension that nobody knows': () =>
    own({ more: [unknown(true)] }),
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
  'a critical extension that nobody knows': () => gateway({ leaf: { more: [unknown(true)] } }),
  'the leaf is of version 1': () => gateway({ leaf: { version: 1 } }),
  'the intermediate is of version 1': () => gateway({ intermediate: { version: 1 } }),
  'a CA below one that allows none': () => gateway({ intermediate: { pathLength: 0 } }),
  'the intermediate permits other names': () =>
    gateway({
      intermediate: {
        extensions: [...authorityExtensions(), namesWithin({ permitted: [{ dNSName: 'corp.example' }] })],
      },
    }),
  'ten intermediates of one name': async () => {
    const namesakes = await Promise.all(Array.from({ length: 10 }, () => authority('X')));
    const root = await authority('A root');
    return { present: [await server(namesakes[0]), ...namesakes], trusted: [root] };
  },
  'twenty certificates, of which two are needed': async () => {
    const { present, trusted } = await gateway();
    const others = await Promise.all(Array.from({ length: 17 }, (_, index) => authority(`Other ${index}`)));
    return { present: [...present, ...others], trusted };
  },
  'a certificate of 40 KiB besides': async () => {
    const { present, trusted } = await gateway();
    const names = Array.from({ length: 2500 }, (_, index) => `gateway${index}.local`);
    return { present: [...present, await server(undefined, { names })], trusted };
  },
  'two generations of all CAs, of the same names': async () => {
    const [old, current] = [await authorities(), await authorities()];
    const all = [old, current].flatMap(({ deviceCa, intermediate, root }) => [deviceCa, intermediate, root]);
    return { present: [await server(current.deviceCa), ...all], trusted: [old.root, current.root] };
  },
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

/** A gateway in order, but for what its root says of itself besides. */
function rootWith(...more) {
  return gateway({ root: { extensions: [...authorityExtensions(), ...more] } });
}

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
