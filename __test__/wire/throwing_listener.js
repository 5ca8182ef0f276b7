'use strict';

// Run by c2d_messages.test.js: the second of two listeners throws at the first message. With SURVIVE set the program
// lives on, and closes at the second; otherwise the exception ends it.

const edge = require('../..');

const { Client } = edge;

const calls = [];
const client = Client.fromConnectionString(
  process.env.CONNECTION_STRING,
  edge[process.env.TRANSPORT ?? 'Mqtt'],
);
let deliveries = 0;

if (process.env.SURVIVE) process.on('uncaughtException', (error) => calls.push(error.message));
else process.on('uncaughtExceptionMonitor', () => process.stdout.write('ended by its exception'));

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
