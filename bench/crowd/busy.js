// @ts-check
'use strict';

/** One session sends as fast as it can; another, to another server, one message after the other, alone and beside it. */

const { setTimeout: sleep } = require('node:timers/promises');
const { Message } = require('../..');
const { clientOf } = require('./client');

const ALONE_MS = 2000;
const REST_MS = 2;

process.once('message', async (/** @type {{ ports: number[], ca: string, messages: number }} */ order) => {
  const { ports, ca, messages } = order;
  const [busy, quiet] = await Promise.all(ports.map((port, n) => clientOf({ deviceId: `d${n}`, port, ca })));
  await Promise.all([busy.open(), quiet.open()]);

  const latency = async (/** @type {() => boolean} */ isOver) => {
    const times = [];
    for (; !isOver(); await sleep(REST_MS)) {
      const begin = performance.now();
      await quiet.sendEvent(new Message('x'));
      times.push(performance.now() - begin);
    }
    times.sort((one, other) => one - other);
    return times[Math.ceil(times.length * 0.999) - 1];
  };

  const end = performance.now() + ALONE_MS;
  const usual = await latency(() => performance.now() >= end);
  let acknowledged = 0;
  const small = new Message('s');
  for (let n = 0; n < messages; n += 1) busy.sendEvent(small, () => (acknowledged += 1));
  const beside = await latency(() => acknowledged === messages);
  process.send?.({ usual, beside });
});
process.on('disconnect', () => process.exit());
