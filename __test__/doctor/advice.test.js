'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { test } = require('node:test');
const { createChain } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { LIMITS, fileFor, gatewayFor } = require('./surroundings');
const scenes = require('./scenes/certificate');

/** Advice is followed: none of it may make a device trust a stranger, or show a key. */

/** @param {{ connectionString: string, ca?: string }} device */
const look = ({ connectionString, ca }) =>
  examine({ connectionString, ca }, { webPorts: [], env: {}, limits: LIMITS });

for (const [name, bring] of Object.entries(scenes)) {
  if (!name.startsWith('not-the-gateway')) continue;
  test(`${name}: nothing of what a stranger presents is suggested`, async (t) => {
    const { findings } = await look(await bring(t));
    assert.deepEqual(findings[0].code, 'not-the-gateway');
    for (const { code, remedy, command = '', evidence } of findings) {
      assert.equal(evidence.suggestion, undefined, code);
      assert.doesNotMatch(`${remedy} ${command}`, /printer\.local|Printers|([0-9A-F]{2}:){10}/, code);
    }
  });
}

test('a name in a certificate that only the system trusts is not suggested', async (t) => {
  const { connectionString, ca } = await gatewayFor(t, {
    certificates: { server: { names: ['www.example.com'] } },
  });
  const before = process.env.SSL_CERT_FILE;
  process.env.SSL_CERT_FILE = fileFor(t, String(ca));
  t.after(() => {
    if (before === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = before;
  });
  const { findings } = await look({ connectionString });
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['name-differs'],
  );
  assert.doesNotMatch(findings[0].remedy, /www\.example\.com/);
  assert.match(findings[0].remedy, /leads to the gateway/);
});

test('the command for a private key in the place of the root shows its label, and nothing of the key', async (t) => {
  const { serverKeyPem } = await createChain({ variant: 'good-dns' });
  const { connectionString } = await gatewayFor(t);
  const { findings } = await look({ connectionString, ca: fileFor(t, serverKeyPem) });
  const { code, command = '' } = findings[0];
  assert.equal(code, 'ca-private-key');
  assert.equal(String(execFileSync('sh', ['-c', command])), '-----BEGIN PRIVATE KEY-----\n');
});
