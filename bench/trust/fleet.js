// @ts-check
'use strict';

/** Opens many connections, and tells what each has cost, beyond what is made once for the process. */

const { setTimeout: sleep } = require('node:timers/promises');
const { Client, Mqtt } = require('../..');

const KEY = Buffer.alloc(32, 1).toString('base64');
/** For what is made once: code that gets compiled, threads, roots that are read. */
const FIRST = 20;

process.once('message', async (/** @type {{ port: number, ca?: string, devices: number }} */ order) => {
  const { port, ca, devices } = order;
  const client = async (/** @type {number} */ n) => {
    const text = `HostName=bench.azure-devices.net;DeviceId=d${n};SharedAccessKey=${KEY};GatewayHostName=localhost:${port}`;
    const one = Client.fromConnectionString(text, Mqtt);
    one.on('error', () => {});
    await one.setOptions(ca === undefined ? {} : { ca });
    return one;
  };
  const all = [];
  for (let n = 0; n < FIRST + devices; n += 1) all.push(await client(n));
  for (const one of all.splice(0, FIRST)) await one.open();
  await sleep(300);
  globalThis.gc?.();
  const { rss } = process.memoryUsage();
  const cpu = process.cpuUsage();
  for (const one of all) await one.open();
  await sleep(300);
  const { user, system } = process.cpuUsage(cpu);
  globalThis.gc?.();
  process.send?.({
    memory: (process.memoryUsage().rss - rss) / 1024 / devices,
    CPU: (user + system) / 1000 / devices,
  });
});
process.on('disconnect', () => process.exit());
