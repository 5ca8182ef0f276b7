'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { inspect } = require('node:util');
const { SharedAccessSignature } = require('../..');
const { createChain } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { Mosquitto } = require('../wire/mosquitto');
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
  'a message': async (t) => ({ ...(await gatewayFor(t)), send: true }),
  'a slow admission': (t) => gatewayFor(t, {}, { faults: { connack: { delayMs: 300 } } }),
};

describe('nothing is found', () => {
  for (const [name, bring] of Object.entries(setUps)) {
    it(`with ${name}`, async (t) => {
      const { connectionString, ca, send } = await bring(t);
      assertHealthy(await diagnosis({ connectionString, ca, send }));
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
  // openssl takes only what issued itself as a root.
  const root = facts.ca.roots[facts.certificate.root];
  const code = root?.selfSigned === false ? undefined : 'Verify return code: 0 (ok)';
  assert.equal(facts.certificate.verifyReturnCode, code);
  assert.equal(facts.connect.outcome, 'accepted');
  const skipped = steps.filter(({ status }) => status !== 'ok').map(({ name }) => name);
  assert.ok(
    skipped.every((name) => name === 'send'),
    String(skipped),
  );
}
