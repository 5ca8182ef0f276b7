'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { examine } = require('../../lib/doctor/examination');
const { LIMITS, gatewayFor } = require('./surroundings');

/** What follows from a cause alone is no finding of its own. */

/** @param {{ connectionString: string, ca: string }} device */
const look = ({ connectionString, ca }) =>
  examine({ connectionString, ca }, { webPorts: [], env: {}, limits: LIMITS });
/** @param {import('../..').Diagnosis} report */
const codes = ({ findings }) => findings.map(({ code }) => code);

test('that a root certificate cannot be used says nothing about the chain', async (t) => {
  const { connectionString } = await gatewayFor(t);
  const report = await look({ connectionString, ca: '/nowhere/root.pem' });
  assert.deepEqual(codes(report), ['ca-not-found']);
});

for (const [variant, code] of /** @type {const} */ ([
  ['expired-root', 'ca-expired'],
  ['rsa-1024', 'certificate-weak'],
])) {
  test(`of a gateway with ${variant} is said ${code}, and nothing else`, async (t) => {
    const report = await look(await gatewayFor(t, { variant }));
    assert.deepEqual(codes(report), [code]);
    assert.equal(report.facts.certificate?.verified, false);
    assert.equal(report.facts.certificate?.verifyReturnCode, undefined);
  });
}

test('the line for the hosts file names the gateway without its port', async (t) => {
  const device = await gatewayFor(t, { host: 'gateway.local' }, { dial: '127.0.0.1' });
  const [first] = (await look(device)).findings;
  assert.equal(first.code, 'address-not-in-certificate');
  assert.equal(first.command, "echo '127.0.0.1 gateway.local' | sudo tee -a /etc/hosts");
});
