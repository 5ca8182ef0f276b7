'use strict';

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const { ConnectionString, SharedAccessSignature } = require('../../lib/compat/azure_iot_common');
const { errors } = require('../..');
const { concealed } = require('../../lib/authentication/credentials');
const { failure, quote, withoutSecrets } = require('../../lib/vocabulary/failure');

/** A key is hidden also where no name says that it is one. */

/** Of the lengths that a hub makes, and the shortest it takes; each as it is copied from somewhere. */
function* keys() {
  for (const length of [16, 31, 32, 64]) {
    for (let each = 0; each < 50; each += 1) {
      const key = randomBytes(length).toString('base64');
      yield* [key, encodeURIComponent(key), key.replace(/\+/g, '-').replace(/\//g, '_')];
    }
  }
}

const AROUND = [['', ''], ['localhost:1 ', ''], ['d1,', ';x509=true'], ['(', ')'], ['a%20', '%20b'], ['DeviceId=', '\n']]; // prettier-ignore

describe('a key without a name', () => {
  it('is hidden wherever it stands', () => {
    for (const key of keys()) {
      for (const [before, behind] of AROUND) {
        assert.equal(withoutSecrets(before + key + behind), `${before}…${behind}`);
        const error = failure(errors.ArgumentError, 'ERR_IOT_X', `${before}${key} x`, { hint: `No ${key}` });
        assert.ok(!inspect(error).includes(key) && !quote(before + key).includes(key), inspect(error));
      }
    }
  });

  it('is told from thumbprints, long names, paths and settings', () => {
    for (const text of [
      'a1'.repeat(32),
      'A1'.repeat(64),
      randomBytes(48).toString('base64'),
      'devices/a-device-with-a-long-name/modules/filter/messages/events/temperature_of_the_boiler=21&x=y',
      `/etc/${'a-directory/'.repeat(10)}root.pem`,
      'IOTHUB_DEVICE_CONNECTION_STRING="<text>"',
      'PATH_TO_CERTIFICATE_FILE=/etc/d1.pem KEY_PASSPHRASE_OR_EMPTY= node app.js',
    ]) {
      assert.equal(withoutSecrets(text), text);
    }
  });

  it('is looked for in long texts', () => {
    const start = 'a'.repeat(20_000_000);
    for (const text of [start, ' '.repeat(20_000_000), 'a%2B'.repeat(5_000_000)])
      assert.equal(withoutSecrets(text), text);
  });
});

describe('named values, printed', () => {
  const key = Buffer.from('do not show this to anyone ever+').toString('base64');

  for (const [what, text] of Object.entries({
    'a blank before the name': `HostName=h;DeviceId=d; SharedAccessKey=${key}`,
    'a line break before the name': `HostName=h;DeviceId=d;\r\nSharedAccessKey=${key}`,
    'a blank behind the name': `HostName=h;DeviceId=d;SharedAccessKey =${key}`,
    'a name in small letters': `HostName=h;DeviceId=d;sharedaccesskey=${key}`,
    'a quote before the name': `HostName=h;DeviceId=d;"SharedAccessKey=${key}"`,
    'a comma in place of the semicolon': `HostName=h;DeviceId=d,SharedAccessKey=${key};x509=true`,
    'exchanged values': `HostName=h;DeviceId=${key};SharedAccessKey=d`,
    'no name': `HostName=h;DeviceId=d;${key}=`,
    'a token behind a comma': `HostName=h;DeviceId=d,SharedAccessSignature=SharedAccessSignature sr=a&sig=${encodeURIComponent(key)}&se=1`,
  })) {
    it(`a connection string with ${what}`, () => {
      const fields = ConnectionString.parse(text);
      assert.ok(Object.keys(fields).length > 1 && inspect(fields).includes("HostName: 'h'"));
      for (const secret of [key.replace(/=+$/, ''), encodeURIComponent(key)])
        assert.ok(!inspect(fields).includes(secret), inspect(fields));
    });
  }

  for (const name of ['sig', 'Sig', 'SIG', 'x&sig', ',sig']) {
    it(`a token with ${name}`, () => {
      const token = SharedAccessSignature.parse(`SharedAccessSignature sr=a&${name}=s3cr%3D%3D&se=1`);
      // A token is made JSON only to be looked at.
      const views = `${inspect(token)} ${JSON.stringify(token)}`;
      assert.ok(views.includes("sr: 'a'") && !views.includes('s3cr'), views);
    });
  }

  it('credentials with a private key', () => {
    const x509 = { cert: 'the certificate', key: 'the private key', passphrase: 'the passphrase' };
    const credentials = concealed({ host: 'h', deviceId: 'd', x509, sharedAccessKey: key });
    assert.equal(credentials.x509.key, x509.key);
    const shown = inspect(credentials);
    assert.ok(!/the private|the passphrase/.test(shown) && !shown.includes(key));
  });
});
