'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { SharedAccessSignature } = require('../..');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { DEVICE, HUB, KEY, LIMITS, connectionStringTo } = require('./surroundings');

/** What says who the device is may be missing or of no use: that is told, and CONNECT is not sent. */

/** @type {import('../../gateway').Gateway} */
let gateway;
/** @type {{ cert: string, key: string }} */
let own;
before(async () => {
  const chain = await createChain({ variant: 'good-dns' });
  const made = await createDeviceCertificate({ deviceId: DEVICE, issuer: chain });
  own = { cert: made.certPem, key: made.keyPem };
  gateway = await startGateway({ chain, devices: [{ deviceId: DEVICE, x509: 'ca' }], hubHostName: HUB });
});
after(() => gateway.close());

const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const token = SharedAccessSignature.create(HUB, DEVICE, KEY, inAnHour).toString();

/** Of each way to authenticate, what its connection string has. @type {Record<string, Record<string, string | undefined>>} */
const CREDENTIALS = {
  'an X.509 device': { SharedAccessKey: undefined, x509: 'true' },
  'a device with a key': {},
  'a device with a token': { SharedAccessKey: undefined, SharedAccessSignature: token },
};

/** @type {[name: string, change: (text: string) => string, code: string][]} */
const CASES = [
  ['no DeviceId', (text) => text.replace(/DeviceId=[^;]*;/, ''), 'connection-string-field-missing'],
  ['an empty DeviceId', (text) => text.replace(/(DeviceId=)[^;]*/, '$1'), 'connection-string-malformed'],
  ['another name for it', (text) => text.replace('DeviceId=', 'Device='), 'connection-string-field-missing'],
  [
    'a placeholder',
    (text) => text.replace(/(DeviceId=)[^;]*/, '$1<device>'),
    'connection-string-placeholder',
  ],
  ['half a character in DeviceId', (text) => text.replace('DeviceId=', '$&\ud800'), 'device-id-unusable'],
  ['half a character in ModuleId', (text) => `${text};ModuleId=\udc00`, 'device-id-unusable'],
  ['no HostName', (text) => text.replace(/HostName=[^;]*;/, ''), 'connection-string-field-missing'],
  ['HostName without value', (text) => text.replace(/(HostName=)[^;]*/, '$1'), 'connection-string-malformed'],
  ['half a character in HostName', (text) => text.replace(HUB, 'a\ud800'), 'gateway-name-unusable'],
  ['half a character in its port', (text) => text.replace(HUB, `${HUB}:\ud800`), 'gateway-port-invalid'],
];

for (const [who, fields] of Object.entries(CREDENTIALS)) {
  describe(who, { concurrency: 4 }, () => {
    for (const [name, change, code] of CASES) {
      it(`is told of ${name}`, async () => {
        const connectionString = change(connectionStringTo(`localhost:${gateway.port}`, fields));
        const options = { connectionString, ca: gateway.rootPem, ...own };
        const { findings, steps, healthy } = await examine(options, {
          webPorts: [],
          env: {},
          limits: LIMITS,
        });
        assert.ok(
          findings.some((each) => each.code === code),
          JSON.stringify(findings),
        );
        assert.equal(healthy, false);
        const [status] = steps.filter((step) => step.name === 'connect');
        assert.equal(status.status, 'skipped');
        assert.match(status.reason ?? '', /HostName|DeviceId|device id|authenticate/);
      });
    }
  });
}
