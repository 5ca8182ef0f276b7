'use strict';

// Messages from the cloud: connecting by listening, fields and properties, several listeners, settlement.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);

const LETTERS = [
  { body: 'plain', messageId: 'one' },
  { body: '', messageId: 'two' },
  { body: '漢字', messageId: 'm 3', properties: { 'a b': 'c&d=/', ü: '', x: 'y' }, correlationId: 'c/1', userId: 'u' },
  { body: '{}', messageId: '4', contentType: 'application/json', contentEncoding: 'utf-8', ack: 'full' },
  { body: 'last', messageId: '5', expiryTimeUtc: '2040-01-02T03:04:05.0000000Z' },
];

function show(message) {
  console.log(message.constructor === Message, Buffer.isBuffer(message.data), message.getBytes() === message.data);
  const { messageId, to, correlationId, userId, lockToken, contentType, contentEncoding, expiryTimeUtc } = message;
  console.log({ messageId, to, correlationId, userId, lockToken, contentType, contentEncoding, expiryTimeUtc });
  console.log(String(message.data), message.properties.propertyList);
}

let received = 0;
client.on('connect', () => console.log('connect'));
client.on('error', (error) => console.log('error', error.name));
client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  console.log('setOptions', error);
  client.on('message', show);
  client.on('message', settle);
  LETTERS.forEach((letter) => process.send({ please: 'c2d', ...letter }));
});

function settle(message) {
  received += 1;
  if (received === 1) tryEverything(message);
  if (received < LETTERS.length) return;
  client.removeListener('message', show);
  client.once('message', (extra) => {
    console.log('once', String(extra.data));
    client.close();
  });
  client.removeListener('message', settle);
  process.send({ please: 'c2d', body: 'extra', messageId: '6' });
}

function tryEverything(message) {
  client.complete(message, (error, result) => console.log('complete', error, result.constructor.name));
  for (const method of ['reject', 'abandon']) {
    try {
      client[method](message, () => {});
    } catch (error) {
      console.log(method, error.name);
    }
  }
}
