'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const device = require('../../lib/compat/azure_iot_device');
const mqtt = require('../../lib/compat/azure_iot_device_mqtt');

/** What a transport of this package has, whoever drives it. */

describe('a transport', () => {
  it('has all that a client of the original may call', () => {
    const transport = new mqtt.Mqtt({ type: 1, on() {}, stop() {}, getDeviceCredentials() {} });
    const { prototype } = require('azure-iot-device-mqtt').Mqtt;
    const missing = Object.getOwnPropertyNames(prototype).filter(
      (name) => !name.startsWith('_') && !(name in transport),
    );
    assert.deepEqual(missing, []);
  });

  it('without an authentication provider says so when it is made', () => {
    for (const nothing of [undefined, null]) {
      assert.throws(() => new mqtt.Mqtt(nothing), {
        name: 'ReferenceError',
        code: 'ERR_IOT_ARGUMENT_MISSING',
        hint: /fromConnectionString/,
      });
    }
  });

  it('made of something that is none says so when it is asked to connect', async () => {
    const client = new device.Client(new mqtt.Mqtt({}));
    await assert.rejects(client.open(), {
      name: 'ArgumentError',
      code: 'ERR_IOT_PROVIDER',
      message: /an object/,
    });
  });
});
