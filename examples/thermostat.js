'use strict';

/**
 * A thermostat that is plug and play: its model is `dtmi:com:example:Thermostat;1`, with the telemetry `temperature`, the
 * writable property `targetTemperature`, the property `maxTempSinceLastReboot` and the command `getMaxMinReport`. Written
 * for azure-iot-device; settings and command as in `device_twin.js`.
 */

const fs = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const INTERVAL_MS = Number(process.env.STEP_MS ?? 10_000);

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
/** Readings with their times, the latest last. */
const readings = [];
let target = 20;

async function main() {
  const ca = fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8');
  await client.setOptions({ modelId: 'dtmi:com:example:Thermostat;1', ca });
  await client.open();
  client.onDeviceMethod('getMaxMinReport', onGetMaxMinReport);

  const twin = await client.getTwin();
  const report = (patch) =>
    twin.properties.reported.update(patch, (error) => {
      if (error) console.error(`Not reported: ${error.message}`);
    });
  twin.on('properties.desired', (patch) => {
    const { targetTemperature: value, $version } = patch;
    if (typeof value !== 'number') return;
    target = value;
    console.log(`The target is ${target}`);
    // A writable property is acknowledged: value, status, the version it belongs to, a description.
    report({ targetTemperature: { value, ac: 200, av: $version, ad: 'is the target now' } });
  });

  const measuring = setInterval(() => measure(report), INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(measuring);
    client.close();
  });
}

function measure(report) {
  const before = Math.max(...readings.map(({ temperature }) => temperature));
  const temperature = Math.round(10 * (target - 1 + 2 * Math.random())) / 10;
  readings.push({ temperature, at: new Date() });
  const message = new Message(JSON.stringify({ temperature }));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  client.sendEvent(message, (error) => {
    if (error) console.error(`Not sent: ${error.message}`);
  });
  if (temperature > before) report({ maxTempSinceLastReboot: temperature });
}

/** The command's payload is the time from which on readings count. */
async function onGetMaxMinReport({ payload }, response) {
  const since = readings.filter(({ at }) => !(at < new Date(payload ?? 0)));
  const temperatures = since.map(({ temperature }) => temperature);
  await response.send(temperatures.length === 0 ? 404 : 200, {
    maxTemp: Math.max(...temperatures),
    minTemp: Math.min(...temperatures),
    avgTemp: temperatures.reduce((sum, each) => sum + each, 0) / temperatures.length,
    startTime: since.at(0)?.at,
    endTime: since.at(-1)?.at,
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
