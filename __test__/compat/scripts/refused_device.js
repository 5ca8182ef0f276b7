'use strict';

// A device the gateway does not want.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { errors } = require('azure-iot-common');
const { Mqtt } = require('azure-iot-device-mqtt');

const wrongKey = Buffer.from('another key').toString('base64');
const text = process.env.IOTHUB_DEVICE_CONNECTION_STRING.replace(/SharedAccessKey=[^;]+/, `SharedAccessKey=${wrongKey}`);
const ca = fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8');

function show(what, error) {
  console.log(what, error.name, error instanceof errors.UnauthorizedError, error instanceof Error);
}

async function main() {
  for (const [operation, ...args] of [['open'], ['sendEvent', new Message('x')]]) {
    const client = Client.fromConnectionString(text, Mqtt);
    client.on('connect', () => console.log('connect'));
    client.on('disconnect', () => console.log('disconnect'));
    await client.setOptions({ ca });
    await client[operation](...args).catch((error) => show(operation, error));
    await new Promise((resolve) => {
      client.open((error, result) => {
        show('open by callback', error);
        console.log(result);
        resolve();
      });
    });
    console.log((await client.close()).constructor.name);
  }

  const listening = Client.fromConnectionString(text, Mqtt);
  await listening.setOptions({ ca });
  await new Promise((resolve) => {
    listening.on('error', (error) => {
      show('error event', error);
      resolve();
    });
    listening.on('message', () => {});
  });
  await listening.close();
}

main();
