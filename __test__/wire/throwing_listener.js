'use strict';

// Run by c2d_messages.test.js: of two listeners the second throws at the first delivery.

const { Client, Message, Mqtt } = require('../..');

const calls = [];
const client = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
let deliveries = 0;

process.on('uncaughtException', async (error) => {
  calls.push(error.message);
  for (const text of ['round trip', 'round trip', 'cut me']) await client.sendEvent(new Message(text));
});

client.setOptions({ ca: process.env.CA }, () => {
  client.on('message', () => calls.push('first'));
  client.on('message', () => {
    deliveries += 1;
    if (deliveries === 1) throw new Error('second threw');
    calls.push('second');
    // Acknowledged when this has returned, before the connection is closed.
    client.close(() => process.stdout.write(JSON.stringify(calls)));
  });
});
