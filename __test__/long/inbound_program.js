'use strict';

// Run by inbound.long.js: counts the desired patches and calls that come, and tells its memory.

const { Client, Mqtt } = require('../..');

const client = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
let patches = 0;
let calls = 0;
let version = 0;
/** The version somebody waits for. */
let awaited = Infinity;

async function main() {
  await client.setOptions({ ca: process.env.CA });
  client.onDeviceMethod('m', (_request, response) => {
    calls += 1;
    response.send(200, null, () => {});
  });
  const twin = await client.getTwin();
  twin.on('properties.desired', ({ $version }) => {
    if ($version <= 1) return;
    patches += 1;
    version = $version;
    if (version >= awaited) tell();
  });
  // Subscribed to, by now: requests are served in order.
  await twin.properties.reported.update({ ready: true });
  process.send({});
}

process.on('message', (/** @type {any} */ { seen, round, end }) => {
  if (seen) {
    awaited = seen;
    if (version >= seen) tell();
  }
  // Calls that came behind the last patch are through in a moment.
  if (round) setTimeout(report, 200);
  if (end) client.close().then(() => process.disconnect());
});

function tell() {
  awaited = Infinity;
  process.send({});
}

function report() {
  globalThis.gc?.();
  process.send({ rss: Math.round(process.memoryUsage.rss() / 2 ** 20), patches, calls });
}

main();
