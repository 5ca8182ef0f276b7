'use strict';

const fs = require('node:fs');
const { Client, Message, Mqtt, NoRetry } = require('../..');

/**
 * The program of `resolver.test.js`: one device beside many that hang. It is told what to do, answers with what it saw, and
 * ends by itself once the parent has gone.
 */

const KEY = Buffer.from('the key of a device').toString('base64');

/** @param {{ host: string, id: string, ca: string, timeouts?: object }} setting */
async function clientTo({ host, id, ca, timeouts }) {
  const fields = `HostName=local.azure-devices.net;DeviceId=${id};SharedAccessKey=${KEY};GatewayHostName=${host}`;
  const client = Client.fromConnectionString(fields, Mqtt);
  client.setRetryPolicy(new NoRetry());
  await client.setOptions({ ca, timeouts });
  return client;
}

const threads = () => fs.readdirSync('/proc/self/task').length;

/** Attempts under way, and what became of those that ended. */
class Attempts {
  pending = 0;
  /** @type {string[]} */
  codes = [];

  /** @param {import('../..').Client} client */
  begin(client) {
    this.pending += 1;
    client
      .open()
      .then(
        () => 'open',
        (/** @type {any} */ error) => error.code,
      )
      .then((code) => {
        this.pending -= 1;
        this.codes.push(code);
      });
  }
}

/** What the parent may ask for. @type {Record<string, (order: any) => Promise<object>>} */
const ORDERS = {
  /** Many whose names hang; one by a name that does not. */
  async 'look up'({ host, ca, count, timeouts }) {
    const hanging = new Attempts();
    for (let n = 0; n < count; n += 1) {
      hanging.begin(await clientTo({ host: `gateway-${n}.hang`, id: `hanging${n}`, ca, timeouts }));
    }
    const healthy = await clientTo({ host, id: 'healthy', ca });
    await healthy.open();
    await healthy.sendEvent(new Message('beside them'));
    const beside = hanging.pending;
    await healthy.close();
    return { beside, threads: threads() };
  },

  /** The same names again and again, each given up. */
  async 'give up'({ ca, rounds, count, timeouts }) {
    const hanging = new Attempts();
    for (let round = 0; round < rounds; round += 1) {
      for (let n = 0; n < count; n += 1) {
        hanging.begin(await clientTo({ host: `gateway-${n}.hang`, id: `r${round}n${n}`, ca, timeouts }));
      }
      while (hanging.pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return { codes: [...new Set(hanging.codes)], ended: hanging.codes.length, threads: threads() };
  },

  /** Roots on a disk that hangs. */
  async 'read roots'({ host, ca, slow, timeouts }) {
    const hanging = new Attempts();
    hanging.begin(await clientTo({ host, id: 'hanging', ca: slow, timeouts }));
    const healthy = await clientTo({ host, id: 'healthy', ca });
    await healthy.open();
    const beside = hanging.pending;
    while (hanging.pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await healthy.sendEvent(new Message('beside it'));
    await healthy.close();
    return { beside, codes: hanging.codes, threads: threads() };
  },
};

process.on('message', async (/** @type {any} */ { order, ...more }) => {
  process.send?.(await ORDERS[order](more));
  // Nothing but look-ups and readings that hang is left: they do not keep the process alive.
  process.disconnect();
});
