// @ts-check
'use strict';

/** One healthy device, by name, and beside it in the same process others that meet with hostile chains or a dead name server. */

const { Client, Message, Mqtt, NoRetry } = require('../..');
const { latencyOf } = require('./latency');

/** Half of what the default policy waits after the first failure. Milliseconds. */
const AGAIN_MS = 50;

const KEY = Buffer.alloc(32, 1).toString('base64');

/**
 * @param {string} host
 * @param {string} id
 * @param {string | undefined} ca
 * @param {object} [timeouts]
 */
async function clientTo(host, id, ca, timeouts) {
  const text = `HostName=bench.azure-devices.net;DeviceId=${id};SharedAccessKey=${KEY};GatewayHostName=${host}`;
  const client = Client.fromConnectionString(text, Mqtt);
  client.setRetryPolicy(new NoRetry());
  await client.setOptions({ ...(ca && { ca }), timeouts });
  return client;
}

/**
 * @typedef {object} Order
 * @property {number} port
 * @property {string} ca
 * @property {number} seconds
 * @property {number[]} [hostile] Ports of hostile servers, each of which is tried again and again.
 * @property {boolean} [ownRoots] They are judged under `ca`, instead of the system's store.
 * @property {number} [hanging] So many look-ups that hang.
 */

process.once('message', async (/** @type {Order} */ order) => {
  const { port, ca, seconds, hostile = [], ownRoots = true, hanging = 0 } = order;
  let attempts = 0;
  for (const at of hostile) {
    const client = await clientTo(`localhost:${at}`, `hostile${at}`, ownRoots ? ca : undefined);
    const again = () =>
      client.open().then(
        () => process.exit(1),
        () => {
          attempts += 1;
          setTimeout(again, AGAIN_MS);
        },
      );
    again();
  }
  for (let n = 0; n < hanging; n += 1) {
    const client = await clientTo(`gateway-${n}.hang`, `hanging${n}`, ca, { connectMs: 60_000 });
    client.open().catch(() => process.exit(1));
    attempts += 1;
  }
  const healthy = await clientTo(`localhost:${port}`, 'healthy', ca);
  const begin = performance.now();
  await healthy.open();
  const opened = performance.now() - begin;
  const p999 = await latencyOf(() => healthy.sendEvent(new Message('x')), seconds);
  process.send?.({ p999, opened, attempts });
});
process.on('disconnect', () => process.exit());
