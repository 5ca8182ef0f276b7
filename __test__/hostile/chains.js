'use strict';

const x509 = require('@peculiar/asn1-x509');
const { AsnConvert } = require('@peculiar/asn1-schema');
const { issue } = require('../../gateway/certificates/certificate');
const {
  authorityExtensions,
  endEntityExtensions,
  extension,
} = require('../../gateway/certificates/extensions');
const { generateKeys } = require('../../gateway/certificates/keys');

/** Chains that cost nothing to make, and were meant to cost the device as much as can be. */

const DAY_MS = 86_400_000;
const IN_DATE = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) };

/** Few keys for many certificates: making them would take longer than all the tests. @type {Map<string, Promise<any>>} */
const keys = new Map();

/** @param {string} type @param {string} [name] */
function keysOf(type, name = '') {
  const known = keys.get(type + name) ?? generateKeys(type);
  keys.set(type + name, known);
  return known;
}

/**
 * @param {string} commonName
 * @param {any} [issuer]
 * @param {{ key?: string, number?: number, extensions?: any[] }} [more] `number`: which of the keys of that type.
 */
async function authority(commonName, issuer, { key = 'P-256', number = 0, extensions = [] } = {}) {
  return issue({
    commonName,
    issuer,
    keys: await keysOf(key, String(number)),
    extensions: [...authorityExtensions(), ...extensions],
    ...IN_DATE,
  });
}

/** @param {any} issuer @param {string[]} [names] */
async function server(issuer, names = ['localhost']) {
  return issue({
    commonName: 'localhost',
    issuer,
    keys: await keysOf('P-256', 'server'),
    extensions: endEntityExtensions({ names, usages: ['serverAuth'] }),
    ...IN_DATE,
  });
}

/** @param {number} count @returns {number[]} */
const upTo = (count) => Array.from({ length: count }, (_, number) => number);

/** Names that a CA below may have, and none of which is the gateway's. */
function manyConstraints(count) {
  const subtrees = upTo(count).map(
    (number) => new x509.GeneralSubtree({ base: new x509.GeneralName({ dNSName: `a${number}.b` }) }),
  );
  const value = new x509.NameConstraints({ excludedSubtrees: new x509.GeneralSubtrees(subtrees) });
  const encoded = Buffer.from(AsnConvert.serialize(value));
  return { ...extension(x509.id_ce_nameConstraints, encoded), critical: true };
}

/** So many of one name and different keys, each issued by that name. */
async function namesakes(count, key) {
  const all = await Promise.all(upTo(count).map((number) => authority('X', undefined, { key, number })));
  return [await server(all[0]), ...all];
}

/** By what is presented, leaf first; the codes it may be refused with. @type {Record<string, { make: () => Promise<any[]>, codes: string[] }>} */
const HOSTILE = {
  'ten CAs of one name': { make: () => namesakes(10), codes: ['ERR_IOT_CERT_CHAIN_TOO_LONG'] },
  'four CAs of one name with the dearest keys': {
    make: () => namesakes(4, 'P-521'),
    codes: ['ERR_IOT_CERT_UNKNOWN_ISSUER', 'ERR_IOT_CERT_CHAIN_TOO_LONG'],
  },
  'three floors of five CAs each': {
    make: async () => {
      const floors = [];
      for (const name of ['C', 'B', 'A']) {
        const above = floors.at(-1);
        floors.push(
          await Promise.all(
            upTo(5).map((number) =>
              authority(name, above?.[number], { number: Number(name.charCodeAt(0)) * 10 + number }),
            ),
          ),
        );
      }
      return [await server(floors[2][0]), ...floors.flat()];
    },
    codes: ['ERR_IOT_CERT_CHAIN_TOO_LONG'],
  },
  'fourteen CAs, one above the other': {
    make: async () => {
      const all = [await authority('CA 0')];
      while (all.length < 14)
        all.push(await authority(`CA ${all.length}`, all.at(-1), { number: all.length }));
      return [await server(all.at(-1)), ...all.reverse()];
    },
    codes: ['ERR_IOT_CERT_CHAIN_TOO_LONG'],
  },
  'a hundred certificates': {
    make: async () => {
      const other = await authority('Another');
      const all = await Promise.all(upTo(99).map((number) => authority(`CA ${number}`, other)));
      return [await server(other), ...all];
    },
    codes: ['ERR_IOT_CERT_CHAIN_TOO_LONG'],
  },
  'names and constraints by the hundred': {
    make: async () => {
      const issuer = await authority('CA', undefined, { extensions: [manyConstraints(400)] });
      return [await server(issuer, ['localhost', ...upTo(400).map((number) => `n${number}.c`)]), issuer];
    },
    codes: ['ERR_IOT_CERT_CHAIN_TOO_LONG'],
  },
};

/** @param {any[]} chain */
const pemOf = (chain) => chain.map(({ pem }) => pem).join('');

module.exports = { HOSTILE, authority, namesakes, pemOf };
