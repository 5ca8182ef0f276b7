'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { inspect } = require('node:util');
const { createChain } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { Mosquitto } = require('../wire/mosquitto');
const { edgeHub } = require('./scenes/amqp');
const setUps = require('./scenes/in_order');
const { LIMITS, connectionStringTo, fileFor, gatewayFor, setEnvironment } = require('./surroundings');

/** Steps that depend on what is asked for. */
const OPTIONAL = ['send', 'clientCertificate', 'proxy', 'name', 'port', 'token', 'greeting'];

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

it('nothing is found with AMQP, as far as its greeting', async (t) => {
  const { connectionString, ca, protocol } = await edgeHub(t);
  const { healthy, findings, facts, verdict } = await diagnosis({ connectionString, ca, protocol });
  assert.deepEqual(findings, [], inspect(findings));
  assert.equal(healthy, true);
  assert.deepEqual(facts.greeting, { speaks: 'amqp', mechanisms: ['ANONYMOUS', 'MSSBCBS', 'PLAIN'] });
  assert.match(
    verdict,
    /^edgeHub answers AMQP at localhost:\d+\. Whether it admits the device was not tried\.$/,
  );
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
    skipped.every((name) => OPTIONAL.includes(name)),
    String(skipped),
  );
}
