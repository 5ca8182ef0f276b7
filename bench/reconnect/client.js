// @ts-check
'use strict';

// The same file for the original and for edge-downstream: there it runs under `node -r edge-downstream/register`.

const fs = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

/**
 * @typedef {object} Job
 * @property {number} port
 * @property {string} ca Path of the root.
 * @property {number} devices So many clients in this process.
 * @property {boolean} [sameId] They all use one id.
 * @property {number} [window] So many sends outstanding …
 * @property {number} [messages] … until so many are acknowledged: the time is told.
 * @property {number} [everyMs] A message so often, until this process is ended.
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const key = Buffer.alloc(32, 1).toString('base64');
let warnings = 0;
process.on('warning', ({ name, code }) => {
  if (code === 'WARN_IOT_TAKEN_OVER' || name === 'EdgeDownstreamWarning') warnings += 1;
});

/** @param {number} n */
async function open(n) {
  const id = job.sameId ? 'd0' : `d${n}`;
  const text = `HostName=bench.azure-devices.net;DeviceId=${id};SharedAccessKey=${key};GatewayHostName=localhost:${job.port}`;
  const client = Client.fromConnectionString(text, Mqtt);
  client.on('error', () => {});
  await client.setOptions({ ca: fs.readFileSync(job.ca, 'utf8') });
  await client.open();
  // A device that is used has something registered: the original comes back by itself only then.
  client.on('message', () => {});
  return client;
}

/** @param {any} client @param {number} n @param {(error?: any) => void} done */
function send(client, n, done) {
  const message = new Message(JSON.stringify({ n }));
  message.properties.add('n', String(n));
  client.sendEvent(message, done);
}

/** @param {any} client */
function pump(client) {
  const { window = 1, messages = 0 } = job;
  let sent = 0;
  let settled = 0;
  let failed = 0;
  const begin = performance.now();
  return new Promise((resolve) => {
    const next = () => {
      if (sent === messages) return;
      send(client, sent++, (error) => {
        settled += 1;
        if (error) failed += 1;
        if (settled === messages) resolve({ ms: performance.now() - begin, failed });
        else next();
      });
    };
    for (let open = 0; open < window; open += 1) next();
  });
}

async function main() {
  const clients = [];
  for (let n = 0; n < job.devices; n += 1) clients.push(await open(n));
  process.send?.({ open: true });
  if (job.messages) process.send?.(await pump(clients[0]));
  let n = 0;
  if (job.everyMs) setInterval(() => clients.forEach((client) => send(client, n++, () => {})), job.everyMs);
  process.on('message', () => process.send?.({ warnings }));
  if (job.messages) process.exit();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
