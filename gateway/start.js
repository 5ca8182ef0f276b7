// @ts-check
'use strict';

const { createChain } = require('./certificates/chain');
const { readHubOptions, readOptions } = require('./control/options');
const { Gateway } = require('./gateway');

/**
 * Starts a gateway; described in index.d.ts.
 * @param {import('./index').GatewayOptions} [options]
 * @returns {Promise<import('./index').Gateway>}
 */
async function startGateway(options = {}) {
  return start(readOptions(options), {});
}

/**
 * Starts a hub; described in types/hub.d.ts.
 * @param {import('./index').HubOptions} [options]
 * @returns {Promise<import('./index').Hub>}
 */
async function startHub(options = {}) {
  const settings = readHubOptions(options);
  // No gateway's: without the name that every edgeHub has besides its own.
  return start(settings, {
    certificates: { server: { names: [/** @type {string} */ (settings.hostname)] } },
  });
}

/**
 * @param {import('./control/options').Settings} settings
 * @param {import('./index').ChainOptions} ofChain where none is given
 */
async function start(settings, ofChain) {
  const now = new Date(Date.now() + settings.clockOffsetMs);
  const chain = settings.chain ?? (await createChain({ host: settings.hostname, now, ...ofChain }));
  const gateway = new Gateway(settings, chain);
  await gateway.begin();
  return gateway;
}

module.exports = { startGateway, startHub };
