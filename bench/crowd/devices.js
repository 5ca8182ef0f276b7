// @ts-check
'use strict';

/** Makes many clients, opens them fifty at a time, and tells what each has cost beyond what the first one has. */

const { setTimeout: sleep } = require('node:timers/promises');
const { clientOf } = require('./client');

const AT_ONCE = 50;

/** @returns {number} Resident memory, KiB, once what is garbage is gone. */
function memory() {
  for (let n = 0; n < 4; n += 1) globalThis.gc?.();
  return process.memoryUsage.rss() / 1024;
}

process.once('message', async (/** @type {{ ports: number[], ca: string, devices: number }} */ order) => {
  const { ca, devices } = order;
  const [port] = order.ports;
  await (await clientOf({ deviceId: 'first', port, ca })).open();
  const bare = memory();
  const all = [];
  for (let n = 0; n < devices; n += 1) all.push(await clientOf({ deviceId: `d${n}`, port, ca }));
  const created = memory();
  const cpu = process.cpuUsage();
  for (let n = 0; n < devices; n += AT_ONCE) {
    await Promise.all(all.slice(n, n + AT_ONCE).map((client) => client.open()));
  }
  const { user, system } = process.cpuUsage(cpu);
  memory();
  await sleep(500);
  process.send?.({
    creating: (created - bare) / devices,
    opening: (memory() - created) / devices,
    'opening takes': (user + system) / 1000 / devices,
  });
});
process.on('disconnect', () => process.exit());
