'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const { Mqtt } = require('../../lib/mqtt/mqtt');
const { ArgumentError } = require('../../lib/vocabulary/errors');
const { ClassicTransport, KeptTransport } = require('./fake_transport');

/** Of each kind one that no device of a key can have. */
const UNUSABLE = [
  { ca: '/nowhere/root.pem' },
  { ca: [] },
  { cert: 'PEM', key: 'PEM' },
  { keepalive: -1 },
  { productInfo: {} },
  { timeouts: { connectMs: 'soon' } },
  { tokenRenewal: { tokenValidTimeInSeconds: 1, tokenRenewalMarginInSeconds: 5 } },
];

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

function clientOf(Transport = KeptTransport) {
  const transport = new Transport();
  return { client: new Client(transport), transport };
}

test('later options stand beside earlier ones', async () => {
  const { client, transport } = clientOf();
  await client.setOptions({ ca: PEM, keepalive: 10, mqtt: { forceDisconnect: true } });
  await client.setOptions({ keepalive: 20, mqtt: { webSocketAgent: 'agent' } });
  assert.deepEqual(transport.options[1], {
    ca: PEM,
    keepalive: 20,
    mqtt: { forceDisconnect: true, webSocketAgent: 'agent' },
  });
});

test('what acts once is said once', async () => {
  const { client, transport } = clientOf();
  const tokenRenewal = { tokenValidTimeInSeconds: 20, tokenRenewalMarginInSeconds: 10 };
  await client.setOptions({ productInfo: 'mine', modelId: 'dtmi:a;1', tokenRenewal, keepalive: 10 });
  await client.setOptions({ ca: PEM });
  assert.deepEqual(transport.options[1], { keepalive: 10, ca: PEM });
});

test('refused options leave no trace', async () => {
  const { client, transport } = clientOf();
  transport.optionsError = new ArgumentError('bad ca');
  await assert.rejects(client.setOptions({ ca: 'garbage' }), transport.optionsError);
  transport.optionsError = undefined;
  await client.setOptions({ keepalive: 20 });
  assert.deepEqual(transport.options[1], { keepalive: 20 });
});

for (const Transport of [KeptTransport, ClassicTransport]) {
  test(`what setOptions of a ${Transport.name} throws is thrown, and rejects the promise`, async () => {
    const { client, transport } = clientOf(Transport);
    transport.setOptions = () => {
      throw new ArgumentError('thrown');
    };
    for (const options of [{ keepalive: 1 }, { keepalive: 1, ca: PEM }]) {
      assert.throws(() => client.setOptions(options, assert.fail), { message: 'thrown' });
      await assert.rejects(client.setOptions(options), { message: 'thrown' });
    }
  });
}

test('a transport that keeps operations is given the ca as it is, and reads paths itself', async () => {
  const { client, transport } = clientOf();
  for (const ca of ['/some/path.pem', PEM, Buffer.from(PEM), [PEM, '/some/path.pem']]) {
    await client.setOptions({ ca });
    assert.equal(transport.options.at(-1).ca, ca);
  }
});

test('any other transport is given the content of a ca file', async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'client-options-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'ca.pem');
  fs.writeFileSync(file, PEM);
  const { client, transport } = clientOf(ClassicTransport);
  const options = { ca: file };
  const bytes = Buffer.from(PEM);
  await client.setOptions(options);
  assert.equal(options.ca, file, 'the object of the app is not touched');
  for (const ca of [PEM, bytes, '/no/such/file', 'with\0nul', [file, PEM]]) await client.setOptions({ ca });
  assert.deepEqual(
    transport.options.map(({ ca }) => ca),
    [PEM, PEM, bytes, '/no/such/file', 'with\0nul', [PEM, PEM]],
  );
});

test('the deprecated form becomes the receive policy of HTTP', async () => {
  const { client, transport } = clientOf(ClassicTransport);
  await client.setTransportOptions({ interval: 1 });
  assert.deepEqual(transport.options, [{ http: { receivePolicy: { interval: 1 } } }]);
});

for (const options of UNUSABLE) {
  test(`over MQTT ${JSON.stringify(options)} is thrown at the place of the mistake`, async () => {
    const text = 'HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0';
    const client = Client.fromConnectionString(text, Mqtt);
    const mistake = (error) => /^(Argument|Type)Error$/.test(error.name);
    assert.throws(() => client.setOptions(options, assert.fail), mistake);
    await assert.rejects(client.setOptions(options), mistake);
    await client.setOptions({ keepalive: 10 });
  });
}
