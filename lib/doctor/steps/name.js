// @ts-check
'use strict';

const dns = require('node:dns');
const net = require('node:net');
const { isOwnAddress } = require('../own_address');
const { judgeName } = require('../judgement/name');

/** Contract edge-gateway.md §10.2, row 7. @type {import('../steps').Step<'name'>} */
module.exports = {
  name: 'name',
  title: 'Name resolution',
  skip: ({ connectionString }, { proxy }) => {
    if (proxy) return 'the proxy looks it up';
    return connectionString?.host ? undefined : 'there is no host to look up';
  },
  async gather({ facts, limits }) {
    const host = /** @type {string} */ (facts.connectionString?.host);
    const found = net.isIP(host) ? { addresses: [host] } : await lookUp(host, limits.nameMs);
    const own = found.addresses.filter(isOwnAddress);
    return { host, ...found, ...(own.length > 0 && { own }) };
  },
  judge: judgeName,
};

/**
 * By the resolver of the system, as the client does it: hosts file, DNS and what else is configured.
 *
 * @param {string} host
 * @param {number} limitMs
 * @returns {Promise<{ addresses: string[], error?: string }>}
 */
function lookUp(host, limitMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ addresses: [], error: 'ETIMEOUT' }), limitMs);
    dns.lookup(host, { all: true, verbatim: true }, (error, found) => {
      clearTimeout(timer);
      if (error) resolve({ addresses: [], error: error.code ?? 'unknown' });
      else resolve({ addresses: found.map(({ address }) => address) });
    });
  });
}
