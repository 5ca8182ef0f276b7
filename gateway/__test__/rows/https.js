// @ts-check
'use strict';

const assert = require('node:assert');
const { upgradeRequest } = require('../raw_web_socket');
const { Checks } = require('./check');

/** @typedef {import('./world').World} World */

const checks = new Checks();

/**
 * The status and the headers of the answer to bytes on the port for HTTPS.
 * @param {World} world
 * @param {Buffer | string} request
 */
async function answer(world, request) {
  const device = await world.open({ port: world.webSocketPort });
  device.send(Buffer.from(request));
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const octet = await device.bytes(1);
    if (octet === '') break;
    head += Buffer.from(octet, 'hex').toString('latin1');
  }
  return { status: Number(head.slice(9, 12)), head: head.toLowerCase() };
}

/**
 * @param {string} path
 * @param {Record<string, string>} [headers]
 */
const post = (path, headers = {}) => {
  const body = '{"methodName":"none","payload":null}';
  const all = {
    Host: 'x',
    'Content-Type': 'application/json',
    'Content-Length': `${body.length}`,
    ...headers,
  };
  const lines = Object.entries(all).map((line) => `${line.join(': ')}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
};

for (const path of ['/$iothub/websocket', '/$iothub/websocket?iothub-no-client-cert=true', '/any/path']) {
  checks.add('W1', `WebSocket at ${path} with the sub-protocol mqtt: 101`, async (world) => {
    const { status, head } = await answer(world, upgradeRequest({ path }));
    assert.strictEqual(status, 101);
    assert.match(head, /\r\nsec-websocket-protocol: mqtt\r\n/);
  });
}
checks.add(
  'W1',
  'of the sub-protocols offered the first that is registered counts, without regard to case',
  async (world) => {
    assert.strictEqual((await answer(world, upgradeRequest({ protocols: 'x, MQTT' }))).status, 101);
  },
);
checks.add('W1', 'WebSocket without a sub-protocol that is registered: 400', async (world) => {
  assert.strictEqual((await answer(world, upgradeRequest({ protocols: 'x' }))).status, 400);
});
checks.add('W1', 'telemetry by HTTPS: 404', async (world) => {
  assert.strictEqual((await answer(world, post(`/devices/${world.id}/messages/events`))).status, 404);
});

const PATH = '/twins/none/methods';
checks.add('W2', 'a method call without a caller: 400', async (world) => {
  assert.strictEqual((await answer(world, post(PATH))).status, 400);
});
checks.add('W2', 'a method call of a module of another device: 401', async (world) => {
  const headers = { 'x-ms-edge-moduleId': 'no such device/m', Authorization: world.token() };
  assert.strictEqual((await answer(world, post(PATH, headers))).status, 401);
});
checks.add('W2', 'paths have no case', async (world) => {
  assert.strictEqual((await answer(world, post('/TWINS/none/Methods'))).status, 400);
});

module.exports = checks.all;
