'use strict';

// Opening and closing in all orders.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { results } = require('azure-iot-common');
const { Mqtt } = require('azure-iot-device-mqtt');

const ca = fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8');
let client;

function newClient() {
  const made = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
  made.on('connect', () => console.log('connect'));
  made.on('disconnect', () => console.log('disconnect'));
  return made.setOptions({ ca }).then(() => made);
}

const byCallback = (method, ...args) =>
  new Promise((resolve) => {
    const returned = client[method](...args, (error, result) => resolve([Boolean(error), result]));
    console.log(method, 'with a callback returns', returned);
  });

const nameOf = (result) => result && result.constructor.name;

async function main() {
  client = await newClient();
  console.log('close, never opened', nameOf(await client.close()));
  console.log('and by callback', (await byCallback('close')).map((each) => each && nameOf(each)));
  client = await newClient();

  const first = await client.open();
  console.log('open', nameOf(first), first instanceof results.Connected);
  console.log('open again', nameOf(await client.open()));
  console.log('and by callback', (await byCallback('open')).map((each) => each && nameOf(each)));
  console.log('sendEvent', nameOf(await client.sendEvent(new Message('1'))));
  console.log('setOptions while open', await client.setOptions({ keepalive: 60 }));
  console.log('and by callback', await byCallback('setOptions', { keepalive: 60 }));
  console.log('close', nameOf(await client.close()));
  console.log('close again', nameOf(await client.close()));

  client = await newClient();
  const several = await Promise.all([client.open(), client.open(), client.open()]);
  console.log('three at once', several.map(nameOf));
  const [closed, closedToo] = await Promise.all([client.close(), client.close()]);
  console.log('closed at once', nameOf(closed), nameOf(closedToo));

  client = await newClient();
  console.log('sendEvent without open', nameOf(await client.sendEvent(new Message('2'))));
  console.log('close', nameOf(await client.close()));
  console.log('open after close', nameOf(await client.open()));
  console.log('close', nameOf(await client.close()));
}

main();
