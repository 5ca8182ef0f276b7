'use strict';

// Run by the tests of volume: uploads MEGABYTES made as they are read, and prints the resident memory at the quarters, the
// greatest at last, in MB.

const { createHash } = require('node:crypto');
const { Readable } = require('node:stream');
const { Client, Mqtt } = require('../..');

const MIB = 2 ** 20;
const megabytes = Number(process.env.MEGABYTES);
const hash = createHash('sha256');

function* content() {
  for (let n = 0; n < 16 * megabytes; n++) {
    const piece = Buffer.alloc(MIB / 16, n % 251);
    hash.update(piece);
    yield piece;
  }
}

async function main() {
  const client = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
  await client.setOptions({ ca: process.env.CA });
  const resident = () => Math.round(process.memoryUsage.rss() / MIB);
  const quarters = [];
  let greatest = 0;
  const sampling = setInterval(() => (greatest = Math.max(greatest, resident())), 20);
  const onProgress = (bytes) => {
    while (bytes >= ((quarters.length + 1) * megabytes * MIB) / 4) quarters.push(resident());
  };
  await client.uploadToBlob('volume.bin', Readable.from(content()), megabytes * MIB, undefined, {
    onProgress,
  });
  clearInterval(sampling);
  process.stdout.write(JSON.stringify({ quarters, greatest, sha256: hash.digest('hex') }));
}

main();
