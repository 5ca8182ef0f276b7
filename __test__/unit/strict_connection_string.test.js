'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const { ConnectionString } = require('../../lib/identity/connection_string');
const { parseConnectionString } = require('../../lib/identity/strict_connection_string');

const KEY = 'c2VjcmV0S2V5T2ZUaGVEZXZpY2VXaGljaE5vYm9keVNlZXM=';
const WHOLE = `HostName=h.azure-devices.net;DeviceId=d1;SharedAccessKey=${KEY}`;

/** What is wrong, the string, the code, what the message names. */
const FAULTS = [
  ['nothing', undefined, 'MISSING', /missing/],
  ['no text', 5, 'MISSING', /not a text/],
  ['only space', ' \n', 'MISSING', /empty/],
  ['no HostName', `DeviceId=d;SharedAccessKey=${KEY}`, 'FIELD_MISSING', /HostName/],
  ['no DeviceId', `HostName=h;SharedAccessKey=${KEY}`, 'FIELD_MISSING', /DeviceId/],
  ['no credential', 'HostName=h;DeviceId=d', 'NO_CREDENTIAL', /SharedAccessKey/],
  ['two credentials', `${WHOLE};x509=true`, 'CREDENTIAL_CONFLICT', /SharedAccessKey and x509/],
  ['a duplicate', `${WHOLE};DeviceId=d1`, 'FIELD_DUPLICATE', /DeviceId twice/],
  ['a second key', `${WHOLE};SharedAccessKey=${KEY}`, 'FIELD_DUPLICATE', /SharedAccessKey twice/],
  ['an unknown field', `${WHOLE};Gateway=gw`, 'FIELD_UNKNOWN', /"Gateway"/],
  ['a field in the wrong case', `${WHOLE};gatewayhostname=gw`, 'FIELD_UNKNOWN', /"gatewayhostname"/],
  ['a key where a name should be', `HostName=h;DeviceId=d;${KEY}=x`, 'FIELD_UNKNOWN', /element 3/],
  ['a piece of a key', `HostName=h;DeviceId=d;${KEY}`, 'MALFORMED', /Element|element/],
  [
    'a semicolon missing before the key',
    `HostName=h;DeviceId=d SharedAccessKey=${KEY}`,
    'MALFORMED',
    /no semicolon before the SharedAccessKey/,
  ],
  ['an element without a name', `${WHOLE};=x`, 'MALFORMED', /Element 4/],
  ['a field without a value', 'HostName=;DeviceId=d', 'MALFORMED', /HostName has no value/],
  ['space before a name', `HostName=h; DeviceId=d;SharedAccessKey=${KEY}`, 'SPACE', /DeviceId/],
  ['a line break at the end', `${WHOLE}\n`, 'SPACE', /SharedAccessKey/],
];

/** Faults of values, whose codes are not of the connection string. */
const VALUE_FAULTS = [
  [
    'a key that is not base64',
    `HostName=h;DeviceId=d;SharedAccessKey=${KEY}!`,
    'ERR_IOT_KEY_NOT_BASE64',
    /SharedAccessKey/,
  ],
  [
    'a host with a scheme',
    WHOLE.replace('h.azure', 'https://h.azure'),
    'ERR_IOT_HOST_INVALID',
    /"https:\/\/h\.azure/,
  ],
  ['a bad gateway', `${WHOLE};GatewayHostName=a b`, 'ERR_IOT_HOST_INVALID', /"a b"/],
  ['a bad device id', WHOLE.replace('d1', 'd/1'), 'ERR_IOT_DEVICE_ID_INVALID', /"d\/1"/],
];

describe('the strict reading of a connection string', () => {
  it('agrees with the lenient one on what it accepts', () => {
    const sources = [
      WHOLE,
      `${WHOLE};`,
      `${WHOLE};GatewayHostName=localhost:12345`,
      `${WHOLE};ModuleId=m;SharedAccessKeyName=n`,
      'HostName=h;DeviceId=d;x509=true',
      'HostName=h;DeviceId=d;SharedAccessSignature=SharedAccessSignature sr=h%2Fdevices%2Fd&sig=b&se=5',
    ];
    for (const source of sources)
      assert.deepEqual(parseConnectionString(source), ConnectionString.parse(source));
  });

  const faults = FAULTS.map(([name, source, code, text]) => [
    name,
    source,
    `ERR_IOT_CONNECTION_STRING_${code}`,
    text,
  ]);
  for (const [name, source, code, text] of [...faults, ...VALUE_FAULTS]) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseConnectionString(source),
        (error) => {
          assert.equal(error.code, code);
          assert.ok(['ArgumentError', 'FormatError'].includes(error.name));
          assert.match(error.message, text);
          assert.ok(error.hint);
          assert.ok(!inspect(error).includes(KEY.slice(0, 12)), 'the key is shown');
          return true;
        },
      );
    });
  }

  it('says how a field in the wrong case is written', () => {
    assert.throws(() => parseConnectionString('hostname=h'), { hint: 'Write it HostName.' });
  });

  it('hides the key when printed', () => {
    assert.ok(!inspect(parseConnectionString(WHOLE)).includes(KEY));
  });
});
