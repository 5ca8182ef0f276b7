// @ts-check
'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { createChain, startGateway } = require('edge-downstream-gateway');
const { connect } = require('..');

/**
 * How much the local gateway takes: a million QoS 1 messages of one device, which has a process of its own.
 *
 *     npm run bench:gateway
 *
 * Exit code 0: the target is met; 1: it is missed.
 */

const MESSAGES = 1_000_000;
const WINDOW = 1000;
const BODY = JSON.stringify({ text: 'x'.repeat(245) });
/** Acknowledged messages a second. */
const TARGET = 100_000;

async function main() {
  const chain = await createChain({ variant: 'p-256' });
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1' }] });
  const device = fork(__filename, ['device'], {
    env: { ...process.env, CONNECTION_STRING: gateway.connectionString('d1'), CA: gateway.rootPem },
  });
  const [{ seconds }] = await once(device, 'message');
  const rate = MESSAGES / seconds;
  const { rss } = process.memoryUsage();
  console.log(`${gateway.counts.received} messages of ${BODY.length} bytes in ${seconds.toFixed(1)} s`);
  console.log(
    `${Math.round(rate)} messages/s (wanted ${TARGET}), gateway's memory ${Math.round(rss / 1e6)} MB`,
  );
  await once(device, 'exit');
  await gateway.close();
  if (rate < TARGET) process.exitCode = 1;
}

/** Sends with a window, as devices in a hurry do. */
async function send() {
  const device = await connect({ connectionString: process.env.CONNECTION_STRING, ca: process.env.CA });
  const start = performance.now();
  let sent = 0;
  const worker = async () => {
    while (sent++ < MESSAGES) await device.sendEvent(BODY);
  };
  await Promise.all(Array.from({ length: WINDOW }, worker));
  process.send?.({ seconds: (performance.now() - start) / 1000 });
  await device.close();
  process.disconnect();
}

if (process.argv[2] === 'device') send();
else main();
