// @ts-check
'use strict';

// The same file for the original and for edge-downstream: there it runs under `node -r edge-downstream/register`.

const fs = require('node:fs');
const https = require('node:https');
const { Client } = require('azure-iot-device');
const transports = require('azure-iot-device-mqtt');
const HttpsProxyAgent = require('https-proxy-agent-5');

/**
 * @typedef {object} Job
 * @property {'Mqtt' | 'MqttWs'} transport
 * @property {string} connectionString
 * @property {string} ca Path of the root.
 * @property {string} [cert] Path; with `key` for a device that has X.509.
 * @property {string} [key]
 * @property {number} [port] Where WebSockets go: the original knows none but 443.
 * @property {number} [proxy] Port of a proxy.
 * @property {number} connects
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const read = (/** @type {string} */ path) => fs.readFileSync(path, 'utf8');

function route() {
  const url = `http://127.0.0.1:${job.proxy}`;
  if (job.transport === 'Mqtt') return job.proxy ? { proxy: url } : {};
  const agent = job.proxy ? new HttpsProxyAgent(url) : new https.Agent({ port: job.port });
  return { mqtt: { webSocketAgent: agent } };
}

async function main() {
  const times = [];
  for (let n = 0; n < job.connects; n += 1) {
    const client = Client.fromConnectionString(job.connectionString, transports[job.transport]);
    await client.setOptions({
      ca: read(job.ca),
      ...(job.cert && job.key && { cert: read(job.cert), key: read(job.key) }),
      ...route(),
    });
    const begin = performance.now();
    await client.open();
    times.push(performance.now() - begin);
    await client.close();
  }
  process.stdout.write(JSON.stringify(times));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
