'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

for (const name of ['azure-iot-device', 'azure-iot-device-mqtt', 'azure-iot-common']) {
  describe(`edge-downstream/${name}`, () => {
    const original = require(name);
    const ours = require(`edge-downstream/${name}`);

    it('has the names of the original', () => {
      assert.deepEqual(Object.keys(ours).sort(), Object.keys(original).sort());
    });

    it('has the same kind of thing under each', () => {
      for (const key of Object.keys(ours)) assert.equal(typeof ours[key], typeof original[key], key);
    });

    it('gives ESM every name, and the whole as default', async () => {
      const imported = await import(`edge-downstream/${name}`);
      for (const key of Object.keys(ours)) assert.equal(imported[key], ours[key], key);
      assert.equal(imported.default, ours);
    });
  });
}

describe('edge-downstream', () => {
  const ours = require('edge-downstream');
  const common = require('edge-downstream/azure-iot-common');
  const device = require('edge-downstream/azure-iot-device');
  const mqtt = require('edge-downstream/azure-iot-device-mqtt');

  it('gives ESM every name', async () => {
    const imported = await import('edge-downstream');
    assert.deepEqual(
      Object.keys(imported).filter((key) => !['default', 'module.exports'].includes(key)),
      Object.keys(ours).sort(),
    );
  });

  it('has the same classes under the original names', () => {
    for (const name of ['Client', 'Message', 'ConnectionString', 'SharedAccessSignature']) {
      assert.equal(device[name], ours[name]);
    }
    for (const name of ['Message', 'errors', 'results', 'endpoint', 'RetryOperation', 'NoRetry']) {
      assert.equal(common[name], ours[name]);
    }
    assert.equal(mqtt.Mqtt, ours.Mqtt);
    assert.notEqual(common.ConnectionString, ours.ConnectionString);
  });

  it('has the enum of the original', () => {
    assert.deepEqual(common.AuthenticationType, require('azure-iot-common').AuthenticationType);
  });

  it('makes a client over MQTT from a connection string', () => {
    const client = mqtt.clientFromConnectionString('HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0');
    assert.ok(client instanceof ours.Client);
    assert.ok(client._transport instanceof ours.Mqtt);
    assert.throws(() => mqtt.clientFromConnectionString(''), ReferenceError);
  });

  it('lets its package.json be read, and no other inner file', () => {
    assert.equal(require('edge-downstream/package.json').name, 'edge-downstream');
    assert.throws(() => require('edge-downstream/lib/client/client.js'), {
      code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
    });
  });
});
