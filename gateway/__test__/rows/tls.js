// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const { AsnConvert } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');
const { ALERT, recordTypes, tap } = require('../tap');
const { Checks } = require('./check');

/** @typedef {import('./world').World} World */

const DAY_MS = 24 * 60 * 60 * 1000;

const checks = new Checks();

for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  checks.add('T1', `${version} is spoken`, async (world) => {
    const device = await world.connected({}, { minVersion: version, maxVersion: version });
    assert.strictEqual(device.secure.getProtocol(), version);
  });
}

/**
 * @param {World} world
 */
async function certificateOf(world) {
  const { secure } = await world.open();
  const { raw } = /** @type {X509Certificate} */ (secure.getPeerX509Certificate());
  const { tbsCertificate } = AsnConvert.parse(raw, x509.Certificate);
  const ids = (tbsCertificate.extensions ?? []).map(({ extnID }) => extnID);
  return { ...tbsCertificate, ids, certificate: new X509Certificate(raw) };
}

checks.add('T1', 'the serial number of the server certificate is 0', async (world) => {
  const { serialNumber } = await certificateOf(world);
  assert.deepStrictEqual([...Buffer.from(serialNumber)], [0]);
});

checks.add('T1', 'its names end in edgeHub', async (world) => {
  const { certificate } = await certificateOf(world);
  assert.match(certificate.subjectAltName ?? '', /, DNS:edgeHub$/i);
});

checks.add(
  'T1',
  'it is for servers only, and has neither basic constraints nor a key usage',
  async (world) => {
    const { certificate, ids } = await certificateOf(world);
    assert.deepStrictEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.ok(!ids.includes(x509.id_ce_basicConstraints) && !ids.includes(x509.id_ce_keyUsage));
  },
);

checks.add('T1', 'it lasts 30 days at most', async (world) => {
  const { validFrom, validTo } = (await certificateOf(world)).certificate;
  assert.ok(Date.parse(validTo) - Date.parse(validFrom) <= 30 * DAY_MS);
});

checks.add(
  'T2',
  'a silent connection is closed',
  async (world) => {
    const device = await world.open();
    const start = performance.now();
    assert.strictEqual(await device.rest(), '');
    const waitedMs = performance.now() - start;
    assert.ok(waitedMs > 0.8 * world.connectTimeoutMs, `after ${Math.round(waitedMs)} ms`);
  },
  { cost: 'slow' },
);

checks.add('T3', 'no close_notify comes before the FIN', async (world) => {
  /** @type {Array<() => void>} */
  const ends = [];
  const proxy = await tap({ after: (end) => ends.push(/** @type {any} */ (end)) }, world.port, world.host);
  try {
    // Under TLS 1.2 alerts can be told from data.
    const device = await world.connected(
      {},
      { port: proxy.port, through: '127.0.0.1', maxVersion: 'TLSv1.2' },
    );
    device.send('f000');
    await once(device.secure, 'close');
    assert.ok(!recordTypes(proxy.bytes()).includes(ALERT));
  } finally {
    ends.forEach((end) => end());
  }
});

module.exports = checks.all;
