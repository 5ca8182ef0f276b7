'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const common = require('../../lib/compat/azure_iot_common');
const device = require('../../lib/compat/azure_iot_device');
const mqtt = require('../../lib/compat/azure_iot_device_mqtt');

/** What the originals have and this package has not yet: it says so where it is asked for, and what to do without. */

const TEXT = 'HostName=hub.example;DeviceId=d1;SharedAccessKey=c2VjcmV0;GatewayHostName=gw.example';

const client = () => device.Client.fromConnectionString(TEXT, mqtt.Mqtt);
const callback = () => assert.fail('it was called back');

/** By what the message names: the call. */
const THROWN = {
  uploadToBlob: () => client().uploadToBlob('a.txt', process.stdin, 1, callback),
  getBlobSharedAccessSignature: () => client().getBlobSharedAccessSignature('a.txt', callback),
  notifyBlobUploadStatus: () => client().notifyBlobUploadStatus('id', true, 200, 'OK', callback),
};

/** By what the message names: the call, which gives a promise. */
const REJECTED = {
  uploadToBlob: () => client().uploadToBlob('a.txt', process.stdin, 1),
  getBlobSharedAccessSignature: () => client().getBlobSharedAccessSignature('a.txt'),
  notifyBlobUploadStatus: () => client().notifyBlobUploadStatus('id', true, 200, 'OK'),
};

/** @param {string} name */
function told(name) {
  return (/** @type {any} */ error) => {
    assert.ok(error instanceof common.errors.NotImplementedError);
    assert.equal(error.code, 'ERR_IOT_NOT_IMPLEMENTED');
    assert.ok(error.message.startsWith(`${name} is not implemented yet: `), error.message);
    assert.match(error.hint, /^\S[^\r\n]{20,}\.?$/);
    return true;
  };
}

describe('what this package has not yet', () => {
  for (const [name, call] of Object.entries(THROWN)) {
    it(`${name} says so at the place of the call`, () => assert.throws(call, told(name)));
  }

  for (const [name, call] of Object.entries(REJECTED)) {
    it(`${name} says so by its promise`, () => assert.rejects(call, told(name)));
  }
});

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
