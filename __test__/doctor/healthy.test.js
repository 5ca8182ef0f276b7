'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { inspect } = require('node:util');
const { SharedAccessSignature } = require('../..');
const { createChain, createDeviceCertificate } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { Mosquitto } = require('../wire/mosquitto');
const { startTinyproxy } = require('../wire/tinyproxy');
const {
  DEVICE,
  HUB,
  KEY,
  LIMITS,
  connectionStringTo,
  fileFor,
  gatewayFor,
  setEnvironment,
} = require('./surroundings');

/** Steps that depend on what is asked for. */
const OPTIONAL = ['send', 'clientCertificate', 'proxy', 'name', 'port', 'token'];
const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;

/**
 * Set-ups in order, of which there is nothing to tell.
 *
 * @type {Record<string, (t: import('node:test').TestContext) => Promise<any>>}
 */
const setUps = {
  'a DNS name': (t) => gatewayFor(t),
  'an IPv4 address': (t) => gatewayFor(t, { variant: 'good-ip' }, { dial: '127.0.0.1' }),
  'an IPv6 address': (t) => gatewayFor(t, { host: '::1' }, { host: '::1', dial: '[::1]' }),
  'a quick-start gateway': (t) => gatewayFor(t, { variant: 'quick-start' }),
  'a quick-start gateway that sends its CA': (t) => gatewayFor(t, { variant: 'quick-start-with-ca' }),
  'the full chain': (t) => gatewayFor(t, { variant: 'full-chain' }),
  'the root included': (t) => gatewayFor(t, { variant: 'root-included' }),
  'a shuffled chain': (t) => gatewayFor(t, { variant: 'shuffled' }),
  'RSA keys': (t) => gatewayFor(t, { caKey: 'rsa-2048', serverKey: 'rsa-2048' }),
  'EC keys, P-384': (t) => gatewayFor(t, { variant: 'p-384' }),
  'EC keys, P-521': (t) => gatewayFor(t, { variant: 'p-521' }),
  'no extended key usage': (t) => gatewayFor(t, { variant: 'no-usage' }),
  'two roots, the old and the new': async (t) => {
    const scene = await gatewayFor(t);
    return { ...scene, ca: [(await createChain({ variant: 'good-dns' })).rootPem, scene.ca] };
  },
  'an intermediate as root': async (t) => {
    const scene = await gatewayFor(t, { present: ['server', 'deviceCa'] });
    return { ...scene, ca: scene.chain.intermediatePem };
  },
  'only TLS 1.2': (t) => gatewayFor(t, {}, { maxVersion: 'TLSv1.2' }),
  'a token': async (t) => {
    const { ca, at } = await gatewayFor(t);
    const token = SharedAccessSignature.create(HUB, DEVICE, KEY, IN_AN_HOUR).toString();
    const credential = { SharedAccessKey: undefined, SharedAccessSignature: token };
    return { ca, connectionString: connectionStringTo(at, credential) };
  },
  'the gateway as HostName': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return { ca, connectionString: connectionStringTo(undefined, { HostName: at }) };
  },
  'MQTT over WebSocket': async (t) => {
    const { ca, gateway } = await gatewayFor(t);
    return { ca, connectionString: connectionStringTo(`localhost:${gateway.webSocketPort}`), protocol: 'ws' };
  },
  'a proxy': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const { port } = await startTinyproxy(t, { user: 'dev:s3cret-password' });
    return { ca, connectionString, proxy: `http://dev:s3cret-password@127.0.0.1:${port}` };
  },
  'WebSocket through a proxy, and a certificate of its own': async (t) => {
    const own = await createDeviceCertificate({ deviceId: DEVICE });
    const x509 = { primaryThumbprint: own.thumbprintSha256 };
    const { ca, gateway } = await gatewayFor(t, {}, { devices: [{ deviceId: DEVICE, x509 }] });
    const { port } = await startTinyproxy(t);
    const at = `localhost:${gateway.webSocketPort}`;
    return {
      ca,
      connectionString: connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' }),
      protocol: 'ws',
      proxy: `http://127.0.0.1:${port}`,
      cert: own.certPem,
      key: own.keyPem,
    };
  },
  'a certificate that a CA signed': async (t) => {
    const chain = await createChain({ variant: 'good-dns' });
    const own = await createDeviceCertificate({ deviceId: DEVICE, issuer: chain });
    const { ca, at } = await gatewayFor(t, {}, { chain, devices: [{ deviceId: DEVICE, x509: 'ca' }] });
    const connectionString = connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' });
    return { ca, connectionString, cert: own.certPem, key: own.keyPem };
  },
  'a message': async (t) => ({ ...(await gatewayFor(t)), send: true }),
  'a slow admission': (t) => gatewayFor(t, {}, { faults: { connack: { delayMs: 300 } } }),
};

describe('nothing is found', () => {
  for (const [name, bring] of Object.entries(setUps)) {
    it(`with ${name}`, async (t) => {
      const { gateway: _g, chain: _c, at: _a, ...options } = await bring(t);
      assertHealthy(await diagnosis(options));
    });
  }

  it('with the root in the store of the operating system, as SSL_CERT_FILE names it', async (t) => {
    const { connectionString, chain } = await gatewayFor(t);
    setEnvironment(t, 'SSL_CERT_FILE', fileFor(t, chain.rootPem));
    const report = await diagnosis({ connectionString });
    assertHealthy(report);
    assert.equal(report.facts.ca.systemRoots, true);
  });
});

describe('on Mosquitto', () => {
  const broker = new Mosquitto();
  before(async () => broker.start(await createChain({ variant: 'good-dns' })));
  after(() => broker.stop());

  it('nothing is found, and the message arrives', async () => {
    const connectionString = connectionStringTo(`localhost:${broker.port}`);
    assertHealthy(await diagnosis({ connectionString, ca: broker.chain.rootPem, send: true }));
    await broker.until('the message arrived', () => broker.messages.length === 1);
    assert.equal(String(broker.messages[0].payload), '{"doctor":true}');
  });
});

/** @param {import('../..').DiagnoseOptions} options */
function diagnosis(options) {
  return examine(options, { env: {}, webPorts: [], limits: LIMITS });
}

/** @param {import('../..').Diagnosis} report */
function assertHealthy({ healthy, findings, verdict, facts, steps }) {
  assert.deepEqual(findings, [], inspect(findings));
  assert.equal(healthy, true);
  assert.match(verdict, /^Device d1 can connect to \S+:\d+\.$/);
  assert.equal(facts.certificate.verifyReturnCode, 'Verify return code: 0 (ok)');
  assert.equal(facts.connect.outcome, 'accepted');
  const skipped = steps.filter(({ status }) => status !== 'ok').map(({ name }) => name);
  assert.ok(
    skipped.every((name) => OPTIONAL.includes(name)),
    String(skipped),
  );
}
