'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const originalCommon = require('azure-iot-common').ConnectionString;
const originalDevice = require('azure-iot-device').ConnectionString;
const { ConnectionString, deviceConnectionString } = require('../../lib/identity/connection_string');
const { outcome } = require('./outcome');

const SOURCES = [
  'HostName=h;DeviceId=d;SharedAccessKey=a2V5',
  'HostName=h;DeviceId=d;SharedAccessKey=a2V5==;GatewayHostName=gw:8883',
  'HostName=h;DeviceId=d;SharedAccessSignature=SharedAccessSignature sr=a&sig=b%3D&se=5',
  'HostName=h;DeviceId=d;x509=true',
  'HostName=h;DeviceId=d;ModuleId=m;SharedAccessKeyName=n;SharedAccessKey=a2V5',
  'HostName=h;DeviceId=d',
  'HostName=h;DeviceId=d;SharedAccessKey=k;x509=true',
  'HostName=h;DeviceId=d;SharedAccessKey=k;SharedAccessSignature=s',
  'HostName=h;DeviceId=d;SharedAccessSignature=s;x509=true',
  'HostName=h;SharedAccessKey=k',
  'DeviceId=d;SharedAccessKey=k',
  'HostName=h; DeviceId=d ;SharedAccessKey=k',
  'HostName=a;HostName=b;DeviceId=d;SharedAccessKey=k',
  'HostName=;DeviceId=d;SharedAccessKey=k',
  '=h;DeviceId=d;;junk;SharedAccessKey=k;extra=1',
  'hostname=h;DeviceId=d',
  '',
  undefined,
  null,
  5,
];

describe('a connection string', () => {
  for (const source of SOURCES) {
    it(`${inspect(source)} reads as in the originals`, () => {
      const required = ['HostName', 'SharedAccessKey'];
      assert.deepEqual(
        outcome(() => ConnectionString.parse(source)),
        outcome(() => originalCommon.parse(source)),
      );
      assert.deepEqual(
        outcome(() => ConnectionString.parse(source, required)),
        outcome(() => originalCommon.parse(source, required)),
      );
      assert.deepEqual(
        outcome(() => deviceConnectionString.parse(source)),
        outcome(() => originalDevice.parse(source)),
      );
    });
  }

  it('is written as by the original', () => {
    for (const args of [['h', 'd', 'k'], ['h', 'd', ''], ['h'], []]) {
      for (const create of ['createWithSharedAccessKey', 'createWithX509Certificate']) {
        assert.deepEqual(
          outcome(() => deviceConnectionString[create](...args)),
          outcome(() => originalDevice[create](...args)),
        );
      }
    }
  });

  it('names the missing field, with a code and a hint', () => {
    assert.throws(
      () => deviceConnectionString.parse('HostName=h;SharedAccessKey=c2VjcmV0'),
      (error) => {
        assert.equal(error.code, 'ERR_IOT_CONNECTION_STRING_FIELD_MISSING');
        assert.match(error.message, /DeviceId/);
        assert.ok(error.hint);
        assert.doesNotMatch(inspect(error), /c2VjcmV0/);
        return true;
      },
    );
  });

  it('hides key and token when printed, and has them', () => {
    const source = 'HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0;SharedAccessSignature=sr=x&sig=c2lnbmVk';
    const fields = ConnectionString.parse(source);
    assert.equal(fields.SharedAccessKey, 'c2VjcmV0');
    for (const text of [
      inspect(fields),
      inspect({ fields }),
      inspect([fields], { depth: 0, colors: true }),
    ]) {
      assert.doesNotMatch(text, /c2VjcmV0|c2lnbmVk/);
    }
    assert.match(inspect(fields), /HostName: 'h'/);
    assert.deepEqual(Object.keys(fields), [
      'HostName',
      'DeviceId',
      'SharedAccessKey',
      'SharedAccessSignature',
    ]);
  });
});
