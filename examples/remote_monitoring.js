'use strict';

/**
 * A cooler under remote monitoring, written for azure-iot-device: it introduces itself, sends its readings, and obeys
 * commands that come as messages: `{"name": "SetTemperature", "parameters": {"temperature": 4}}`. Settings and command as
 * in `device_twin.js`.
 */

const fs = require('node:fs');
const { Client, ConnectionString, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const INTERVAL_MS = Number(process.env.STEP_MS ?? 5000);

const connectionString = process.env.IOTHUB_DEVICE_CONNECTION_STRING;
const deviceId = ConnectionString.parse(connectionString).DeviceId;
const client = Client.fromConnectionString(connectionString, Mqtt);
const cooler = { temperature: 6, humidity: 50 };

const COMMANDS = {
  SetTemperature: ({ temperature }) => (cooler.temperature = Number(temperature)),
  SetHumidity: ({ humidity }) => (cooler.humidity = Number(humidity)),
};

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  if (error) throw error;
  client.open((failed) => {
    if (failed) throw failed;
    start();
  });
});

function start() {
  client.on('message', onCommand);
  send({ objectType: 'DeviceInfo', deviceId, commands: Object.keys(COMMANDS) });
  const readings = setInterval(() => send({ deviceId, ...cooler }), INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(readings);
    client.close((error, result) => console.log(error?.message ?? result.constructor.name));
  });
}

function onCommand(message) {
  const { name, parameters } = parsed(message.getData());
  const command = COMMANDS[name];
  if (command) command(parameters);
  console.log(command ? `${name} is done` : `There is no command ${name}`);
  client.complete(message, () => {});
}

/** Whatever the cloud sends must not end the device. */
function parsed(data) {
  try {
    const { name, parameters = {} } = JSON.parse(data);
    return { name, parameters };
  } catch {
    return { name: undefined, parameters: {} };
  }
}

function send(reading) {
  const message = new Message(JSON.stringify(reading));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  client.sendEvent(message, (error) => {
    if (error) console.error(`Not sent: ${error.message}`);
  });
}
