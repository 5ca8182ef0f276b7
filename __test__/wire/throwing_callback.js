'use strict';

// Run by telemetry_volume.test.js: five messages, all acknowledged in one burst, the callback of the second throws.

const edge = require('../..');

const { Client, Message } = edge;

const calls = [];
process.on('uncaughtException', (error) => {
  calls.push(`uncaught ${error.message}`);
  client.close(() => process.stdout.write(JSON.stringify({ calls })));
});

const client = Client.fromConnectionString(
  process.env.CONNECTION_STRING,
  edge[process.env.TRANSPORT ?? 'Mqtt'],
);
client.setOptions({ ca: process.env.CA }, () => {
  client.open(() => {
    for (let n = 0; n < 5; n++) {
      client.sendEvent(new Message(String(n)), () => {
        if (n === 1) throw new Error('thrown by 1');
        calls.push(`served ${n}`);
      });
    }
    // They leave when this tick ends. Then nothing is served for a while, in which all five are acknowledged.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500));
  });
});
