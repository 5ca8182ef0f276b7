'use strict';

const { once } = require('node:events');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { connect } = require('edge-downstream');

/** Two threads send and end by themselves, a third is ended while it is connected, the main thread sends besides. */
async function main() {
  const [first, second, third] = JSON.parse(process.env.OTHERS).map(
    (connectionString, index) =>
      new Worker(__filename, { workerData: { connectionString, stay: index === 2 } }),
  );
  const ended = Promise.all([first, second].map((thread) => once(thread, 'exit')));
  await once(third, 'message');
  await third.terminate();
  await send(process.env.IOTHUB_DEVICE_CONNECTION_STRING);
  console.log((await ended).map(([code]) => code).join(' '));
}

async function send(connectionString, stay = false) {
  const device = await connect({ connectionString, ca: process.env.PATH_TO_EDGE_CA_CERT });
  await device.sendEvent('from a thread');
  if (stay) parentPort.postMessage('sent');
  else await device.close();
}

if (isMainThread) main();
else send(workerData.connectionString, workerData.stay);
