// @ts-check
'use strict';

const { proxyOfEnvironment } = require('../../proxy/environment');
const { readProxy } = require('../../proxy/proxy');
const { handshake } = require('../handshake');
const { judgeProxy } = require('../judgement/proxy');
const { layerFailure } = require('../verifier');

/** Of a connection, before the tunnel stands. */
const STAGES = ['proxy', 'tunnel'];

/** The proxy that the client would go through. @type {import('../steps').Step<'proxy'>} */
module.exports = {
  name: 'proxy',
  title: 'Proxy',
  skip({ connectionString }, examination) {
    if (!connectionString?.host) return 'there is no host to connect to';
    const { proxy, fault } = wanted(examination);
    return proxy || fault ? undefined : 'none is given';
  },
  async gather(examination) {
    const { proxy, fault } = wanted(examination);
    if (!proxy) return { open: false, fault };
    examination.proxy = proxy;
    const { host, port, origin, authorization } = proxy;
    const { failure } = await handshake(examination);
    const before = failure !== undefined && STAGES.includes(failure.stage);
    return {
      host,
      port,
      origin,
      user: authorization !== undefined,
      open: !before,
      ...(before && { failure: layerFailure(failure) }),
    };
  },
  judge: judgeProxy,
};

/**
 * @param {import('../examination').Examination} examination
 * @returns {{ proxy?: import('../../proxy/proxy').Proxy, fault?: { code: string, message: string, hint: string } }}
 */
function wanted({ settings, facts, env }) {
  const { host = '', port = 0 } = facts.connectionString ?? {};
  if (settings.proxy === false) return {};
  try {
    return {
      proxy:
        settings.proxy === undefined
          ? proxyOfEnvironment({ host, port }, env)
          : readProxy(settings.proxy, 'proxy'),
    };
  } catch (error) {
    const { code, message, hint } = /** @type {any} */ (error);
    return { fault: { code, message, hint } };
  }
}
