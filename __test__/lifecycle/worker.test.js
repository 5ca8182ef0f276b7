'use strict';

const assert = require('node:assert/strict');
const { on, once } = require('node:events');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const { gatewayFor, start } = require('./child');

/** Clients in worker threads, each with an environment of its own, all over one driver. */

const SENDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Client, Message, Mqtt } = require('edge-downstream');
  const client = Client.fromConnectionString(workerData.connectionString, Mqtt);
  client.setOptions({ ca: workerData.ca });
  client.on('message', (message) => parentPort.postMessage(String(message.data)));
  client.open(async () => {
    const sends = Array.from({ length: 500 }, (_, index) => client.sendEvent(new Message(String(index))));
    await Promise.all(sends);
    parentPort.postMessage('sent');
  });
  parentPort.once('message', async () => {
    await client.close();
    parentPort.close();
  });
`;

function senderOf(gateway, deviceId) {
  const workerData = { connectionString: gateway.connectionString(deviceId), ca: gateway.rootPem };
  return new Worker(SENDER, { eval: true, workerData });
}

/** The next message of a worker. */
async function next(worker) {
  return (await once(worker, 'message'))[0];
}

test('two clients in two worker threads and one in the main thread', { timeout: 30_000 }, async (t) => {
  const gateway = await gatewayFor(t, { keep: 2000 });
  const workers = ['d1', 'd2'].map((deviceId) => senderOf(gateway, deviceId));
  const { Client, Message, Mqtt } = require('../..');
  const client = Client.fromConnectionString(gateway.connectionString('d3'), Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  const sent = workers.map(next);
  await client.open();
  await Promise.all(Array.from({ length: 500 }, (_, index) => client.sendEvent(new Message(String(index)))));
  assert.deepEqual(await Promise.all(sent), ['sent', 'sent']);

  const messages = await gateway.waitForMessages(1500);
  for (const deviceId of ['d1', 'd2', 'd3']) {
    const bodies = messages
      .filter((message) => message.deviceId === deviceId)
      .map(({ body }) => Number(body));
    assert.deepEqual(
      bodies,
      Array.from({ length: 500 }, (_, index) => index),
      'all of them, in order',
    );
  }

  for (const [index, worker] of workers.entries()) {
    const received = next(worker);
    gateway.sendC2D(`d${index + 1}`, `to worker ${index}`);
    assert.equal(await received, `to worker ${index}`);
  }

  // One ends by itself, one is terminated; the client here is not touched by either.
  const ended = workers.map((worker) => once(worker, 'exit'));
  const left = [];
  gateway.on('disconnected', ({ deviceId }) => left.push(deviceId));
  workers[0].postMessage('close');
  assert.deepEqual(await ended[0], [0]);
  await workers[1].terminate();
  while (left.length < 2) await once(gateway, 'disconnected');
  assert.deepEqual(left.sort(), ['d1', 'd2']);
  await client.sendEvent(new Message('still here'));
  assert.equal(String((await gateway.waitForMessages(1))[0].body), 'still here');
  await client.close();
});

test('a worker terminated while it sends, ten times, with one device id', { timeout: 60_000 }, async (t) => {
  const gateway = await gatewayFor(t, { keep: 0 });
  const program = `
    const { Worker, isMainThread } = require('node:worker_threads');
    (async () => {
      for (let round = 0; round < 10; round++) {
        const worker = new Worker('./__test__/lifecycle/program.js', { argv: ['sending', 'wait'] });
        await new Promise((resolve) => worker.once('message', resolve));
        await worker.terminate();
        console.log('terminated');
      }
    })();
  `;
  const gone = (async () => {
    let count = 0;
    for await (const _ of on(gateway, 'disconnected', { signal: AbortSignal.timeout(50_000) })) {
      count += 1;
      if (count === 10) return;
    }
  })();
  const environment = { CONNECTION_STRING: gateway.connectionString('d1'), CA: gateway.rootPem };
  const { code, signal, stdout, stderr } = await start(t, ['-e', program], environment).ended;
  assert.deepEqual([code, signal, stderr, stdout.length], [0, null, '', 10]);
  await gone;
  assert.equal(gateway.counts.connections, 10);
});
