'use strict';

/**
 * A device whose firmware the cloud updates, in steps that it reports. Written for azure-iot-device; settings and command as
 * in `device_twin.js`.
 *
 * The method `firmwareUpdate` takes `{ url, version }`. This device has nothing to flash: each step takes a moment.
 */

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const STEP_MS = Number(process.env.STEP_MS ?? 2000);

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
process.once('SIGINT', () => client.close());
let updating = false;

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  if (error) throw error;
  client.onDeviceMethod('firmwareUpdate', onFirmwareUpdate);
});

function onFirmwareUpdate({ payload }, response) {
  const refusal = reasonAgainst(payload);
  if (refusal) {
    response.send(refusal.status, { message: refusal.message }, () => {});
    return;
  }
  updating = true;
  response.send(202, { version: payload.version }, () => {});
  update(payload)
    .catch((error) => report({ status: 'failed', reason: error.message }))
    .finally(() => (updating = false));
}

function reasonAgainst(payload) {
  if (updating) return { status: 409, message: 'An update is under way' };
  if (!payload?.url?.startsWith('https://')) return { status: 400, message: 'url begins with https://' };
  return undefined;
}

async function update({ url, version }) {
  await report({ status: 'downloading', url, version, reason: null });
  await sleep(STEP_MS);
  await report({ status: 'applying' });
  await sleep(STEP_MS);
  await report({ status: 'current', finishedAt: new Date().toISOString() });
}

/** Reports arrive in the order they are made. */
async function report(firmware) {
  const twin = await client.getTwin();
  const { reported } = twin.properties;
  await promisify((patch, callback) => reported.update(patch, callback))({ firmware });
  console.log(firmware.status);
}
