'use strict';

/**
 * A temperature controller that is plug and play: its model is `dtmi:com:example:TemperatureController;1`, with two
 * thermostats and the device's information as components. Written for azure-iot-device; settings and command as in
 * `device_twin.js`.
 *
 * What belongs to a component says so: telemetry by the property `$.sub`, properties by an object marked `"__t": "c"`,
 * commands by their names, `thermostat1*getMaxMinReport`.
 */

const fs = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const INTERVAL_MS = Number(process.env.STEP_MS ?? 10_000);
const COMPONENT = { __t: 'c' };

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
const thermostats = { thermostat1: { target: 20, seen: [] }, thermostat2: { target: 22, seen: [] } };

async function main() {
  const ca = fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8');
  await client.setOptions({ modelId: 'dtmi:com:example:TemperatureController;1', ca });
  await client.open();
  client.onDeviceMethod('reboot', ({ payload }, response) => response.send(200, { seconds: payload }));
  for (const name of Object.keys(thermostats)) {
    client.onDeviceMethod(`${name}*getMaxMinReport`, (_request, response) => reportOf(name, response));
  }

  const twin = await client.getTwin();
  const report = (patch) =>
    twin.properties.reported.update(patch, (error) => {
      if (error) console.error(`Not reported: ${error.message}`);
    });
  report({
    serialNumber: 'alpha-1',
    deviceInformation: { ...COMPONENT, manufacturer: 'Example', model: 'Controller', swVersion: '1.0' },
  });
  twin.on('properties.desired', (patch) => {
    for (const name of Object.keys(thermostats)) acknowledge(name, patch, report);
  });

  const measuring = setInterval(() => Object.keys(thermostats).forEach(measure), INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(measuring);
    client.close();
  });
}

function acknowledge(name, { [name]: wanted, $version }, report) {
  const value = wanted?.targetTemperature;
  if (typeof value !== 'number') return;
  thermostats[name].target = value;
  console.log(`The target of ${name} is ${value}`);
  report({ [name]: { ...COMPONENT, targetTemperature: { value, ac: 200, av: $version } } });
}

function measure(name) {
  const { target, seen } = thermostats[name];
  const temperature = Math.round(10 * (target - 1 + 2 * Math.random())) / 10;
  seen.push(temperature);
  const message = new Message(JSON.stringify({ temperature }));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('$.sub', name);
  client.sendEvent(message, (error) => {
    if (error) console.error(`Not sent: ${error.message}`);
  });
}

function reportOf(name, response) {
  const { seen } = thermostats[name];
  if (seen.length === 0) return response.send(404, { message: 'No readings yet' });
  return response.send(200, { maxTemp: Math.max(...seen), minTemp: Math.min(...seen) });
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
