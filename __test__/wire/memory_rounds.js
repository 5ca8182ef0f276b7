'use strict';

// Run by telemetry_volume.test.js: five rounds of 20 000 messages; prints the resident memory after each, in MB.

const edge = require('../..');

const { Client, Message } = edge;

const client = Client.fromConnectionString(
  process.env.CONNECTION_STRING,
  edge[process.env.TRANSPORT ?? 'Mqtt'],
);

async function main() {
  await client.setOptions({ ca: process.env.CA });
  const megabytes = [];
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve, reject) => {
      let done = 0;
      for (let n = 0; n < 20_000; n++) {
        client.sendEvent(new Message('x'.repeat(256)), (error) => {
          if (error) reject(error);
          done += 1;
          if (done === 20_000) resolve();
        });
      }
    });
    globalThis.gc();
    megabytes.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
  }
  await client.close();
  process.stdout.write(JSON.stringify(megabytes));
}

main();
