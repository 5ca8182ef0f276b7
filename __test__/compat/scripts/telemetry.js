'use strict';

// Messages of every kind. What the gateway makes of them is compared, too.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { clientFromConnectionString } = require('azure-iot-device-mqtt');

const client = clientFromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING);
console.log(client instanceof Client);

function messageOf(data, fields = {}, properties = []) {
  const message = Object.assign(new Message(data), fields);
  for (const [key, value] of properties) message.properties.add(key, value);
  return message;
}

const SYSTEM = {
  messageId: 'm 1/2',
  correlationId: 'ä&=#+%',
  userId: 'user',
  to: '/devices/x',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  expiryTimeUtc: new Date(Date.UTC(2040, 1, 2, 3, 4, 5, 6)),
};
const USER = [
  ['colour', 'blue'],
  ['al ert', 'tr&ue/+?#'],
  ['empty', ''],
  ['ümläut', '漢字 😀'],
  ['yes', true],
  ['number', 1.5],
  ['null', null],
  ['undefined', undefined],
  ["-_.!~*'()", "-_.!~*'()"],
  ['Authorization', 'is not added'],
];

const messages = [
  messageOf('text'),
  messageOf(''),
  messageOf('漢字 😀'),
  messageOf(Buffer.from([0, 1, 255])),
  messageOf(Buffer.alloc(0)),
  messageOf(Buffer.alloc(200000, 'x')),
  messageOf(JSON.stringify({ a: 1 }), SYSTEM),
  messageOf('properties', {}, USER),
  messageOf('all', { ...SYSTEM, expiryTimeUtc: 'tomorrow', userId: 7 }, USER),
  messageOf('not sent', { ack: 'full', lockToken: 'x', interfaceId: '' }),
];
const security = messageOf('security');
security.setAsSecurityMessage();
messages.push(security);

async function main() {
  console.log(await client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }));
  await client.open();
  for (const message of messages) {
    const result = await client.sendEvent(message);
    console.log(result.constructor.name, message.getData() === message.data, message.properties.count());
  }

  // One hundred at once, by callback: in order, each once.
  const order = [];
  await new Promise((resolve) => {
    for (let i = 0; i < 100; i++) {
      client.sendEvent(new Message(String(i)), (error, result) => {
        order.push(`${i} ${error} ${result.constructor.name}`);
        if (order.length === 100) resolve();
      });
    }
  });
  console.log(order);

  await client.sendEvent(new Message(Buffer.alloc(262145))).catch((error) => console.log(error.name));
  await client.close();
}

main();
