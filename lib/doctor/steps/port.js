// @ts-check
'use strict';

const { tryPort } = require('../tcp');
const { judgePort } = require('../judgement/port');
const { PROTOCOLS } = require('../protocols');

/** Variables that name a proxy for all there is, SOCKS mostly. The client does not look at them. */
const PROXIES = ['ALL_PROXY', 'all_proxy'];

/** Contract edge-gateway.md §10.2, row 8. @type {import('../steps').Step<'port'>} */
module.exports = {
  name: 'port',
  title: 'TCP',
  skip: ({ name }, { proxy }) => {
    if (proxy) return 'the proxy connects';
    return name?.addresses.length ? undefined : 'there is no address';
  },
  async gather({ facts, limits, env, otherPorts }) {
    const port = /** @type {number} */ (facts.connectionString?.port);
    const addresses = facts.name?.addresses ?? [];
    const compared = (otherPorts ?? PROTOCOLS.map((each) => each.port)).filter((each) => each !== port);
    const [attempts, others] = await Promise.all([
      Promise.all(addresses.map((address) => tryPort(address, port, limits.tcpMs))),
      Promise.all(compared.map((each) => tryPort(addresses[0], each, limits.compareMs))),
    ]);
    const proxy = PROXIES.find((variable) => env[variable]);
    return { port, attempts, others, ...(proxy && { proxy }) };
  },
  judge: judgePort,
};
