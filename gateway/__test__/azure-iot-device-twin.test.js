// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { gatewayFor } = require('./raw-device');

for (const strict of [false, true]) {
  test(`azure-iot-device gets and patches its twin and answers methods; strict: ${strict}`, async (t) => {
    const gateway = await gatewayFor(t, { strict });
    gateway.patchDesired('d1', { interval: 5, old: true });
    const client = Client.fromConnectionString(gateway.connectionString('d1'), Mqtt);
    t.after(() => client.close());
    await client.setOptions({ ca: gateway.rootPem });
    await client.open();

    const twin = await client.getTwin();
    assert.deepStrictEqual(twin.properties.desired, { interval: 5, old: true, $version: 2 });
    await new Promise((resolve, reject) => {
      twin.properties.reported.update({ interval: 5, more: { a: 1 } }, (/** @type {unknown} */ error) =>
        error ? reject(error) : resolve(undefined),
      );
    });
    assert.deepStrictEqual(gateway.twin('d1').reported, { interval: 5, more: { a: 1 }, $version: 2 });

    const enabled = once(gateway, 'subscribed');
    // A new listener is first told the present state.
    const changed = new Promise((resolve) => {
      twin.on('properties.desired', (delta) => delta.$version === 3 && resolve(delta));
    });
    await enabled;
    gateway.patchDesired('d1', { interval: 10, old: null });
    assert.deepStrictEqual(await changed, { interval: 10, old: null, $version: 3 });

    const ready = once(gateway, 'subscribed');
    client.onDeviceMethod('reboot', (request, response) => {
      response.send(202, { delay: request.payload.delay }, () => {});
    });
    assert.strictEqual((await ready)[0].kind, 'methods');
    assert.deepStrictEqual(await gateway.invokeMethod('d1', 'reboot', { delay: 3 }), {
      status: 202,
      payload: { delay: 3 },
    });
    assert.deepStrictEqual(gateway.dropped, []);
  });
}
