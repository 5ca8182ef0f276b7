'use strict';

// An app that leaves reconnection to the SDK: the gateway closes the connection, the listener is served again, nothing
// but 'connect' is heard of it, and what is sent afterwards arrives.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
let connections = 0;

client.on('error', (error) => console.log('error', error.name));
client.on('disconnect', () => console.log('disconnect'));
client.on('connect', () => {
  connections += 1;
  console.log('connect', connections);
  if (connections === 2) process.send({ please: 'c2d', body: 'after the loss' });
});

async function main() {
  await client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') });
  await client.open();
  client.on('message', onMessage);
  process.send({ please: 'c2d', body: 'before the loss' });
}

async function onMessage(message) {
  console.log('message', String(message.data));
  const result = await client.sendEvent(new Message(`understood ${message.data}`));
  console.log('sendEvent', result.constructor.name);
  // That acknowledged, the gateway has the acknowledgement of the message, too.
  if (connections === 1) {
    process.send({ please: 'cut', how: 'fin' });
    return;
  }
  await client.close();
}

main();
