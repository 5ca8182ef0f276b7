'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('..');

/** What a gateway is told and does not know is refused: a test that says it wrongly would wait for ever, or prove nothing. */

/** @type {import('..').Gateway} */
let gateway;

before(async () => {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  gateway = await startGateway({ chain, devices: [{ deviceId: 'd', modules: [{ moduleId: 'm' }] }] });
});
after(() => gateway.close());

/** @type {Record<string, (options: any) => unknown>} */
const CALLS = {
  connectionString: (options) => gateway.connectionString('d', options),
  moduleEnvironment: (options) => gateway.moduleEnvironment('d/m', options),
  mqttCredentials: (options) => gateway.mqttCredentials('d', options),
  sendC2D: (options) => gateway.sendC2D('d', 'x', options),
  sendInput: (options) => gateway.sendInput('d/m', 'in', 'x', options),
  invokeMethod: (options) => gateway.invokeMethod('d', 'reboot', null, options),
  patchDesired: (options) => gateway.patchDesired('d', {}, options),
  waitForMessages: (options) => gateway.waitForMessages(1, options),
  messages: (options) => gateway.messages(options),
  publish: (options) => gateway.publish('d', 'topic', 'x', options),
  restart: (options) => gateway.restart(options),
};

for (const [method, call] of Object.entries(CALLS)) {
  test(`${method} refuses an option that it does not know`, async () => {
    await assert.rejects(
      async () => call({ timeout: 5 }),
      new RegExp(`^TypeError: ${method}: option 'timeout' is unknown; there are \\w`),
    );
  });
}

test('one waits for a whole number of messages', async () => {
  for (const count of [undefined, 0, -1, 1.5, NaN, '1']) {
    const waiting = gateway.waitForMessages(/** @type {any} */ (count));
    await assert.rejects(waiting, /^TypeError: cannot wait for .* messages/);
  }
});

test('no client id is none of its children', () => {
  const nobody = /** @type {any} */ (undefined);
  for (const call of [
    () => gateway.connectionString(nobody),
    () => gateway.sendC2D(nobody, 'x'),
    () => gateway.twin(nobody),
    () => gateway.removeDevice(nobody),
  ]) {
    assert.throws(call, {
      name: 'RangeError',
      message: "device 'undefined' is not a child of this gateway",
    });
  }
});
