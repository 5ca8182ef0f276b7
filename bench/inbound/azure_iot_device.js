// @ts-check
'use strict';

// Runs under `node -r edge-downstream/register`, and, with the original installed, without.

const fs = require('node:fs');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { job, take } = require('./measure');

const key = Buffer.alloc(32, 1).toString('base64');
const client = Client.fromConnectionString(
  `HostName=bench.azure-devices.net;DeviceId=bench;SharedAccessKey=${key};GatewayHostName=localhost:${job.port}`,
  Mqtt,
);
client.on('message', (/** @type {any} */ message) => {
  take(message.messageId, message.properties.getValue('unit'), message.getData().length);
});
client.setOptions({ ca: fs.readFileSync(job.ca, 'utf8') }, () => client.open(() => {}));
