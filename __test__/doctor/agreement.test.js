'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const { connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { examine } = require('../../lib/doctor/examination');
const { randomOf } = require('../model/random');
const { DEVICE, HUB, KEY, LIMITS, connectionStringTo } = require('./surroundings');

/** The doctor and an app never disagree about a root, nor about whether a device gets through. */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-agreement-'));
/** @type {import('../../gateway').Gateway} */
let gateway;
/** @type {Record<string, import('../../gateway').Chain>} */
let chains;
before(async () => {
  const own = await createChain({ variant: 'good-dns' });
  const other = await createChain({ variant: 'good-dns', rootName: 'Other' });
  const namesake = await createChain({ variant: 'good-dns' });
  chains = { own, other, namesake };
  const devices = [{ deviceId: DEVICE, primaryKey: KEY }];
  gateway = await startGateway({ chain: own, devices, hubHostName: HUB });
});
after(async () => {
  await gateway.close();
  fs.rmSync(folder, { recursive: true });
});

let files = 0;
/** @param {string | Buffer} content */
function inFile(content) {
  const file = path.join(folder, `${++files}.pem`);
  fs.writeFileSync(file, content);
  return file;
}

/** @param {ReturnType<typeof randomOf>} random @returns {string} What somebody may take for a root. */
function material(random) {
  const chain = random.of(Object.values(chains));
  return random.of([
    ...Array(6).fill(chains.own.rootPem),
    chain.rootPem,
    String(chain.intermediatePem),
    chain.deviceCaPem,
    chain.serverPem,
    chain.serverKeyPem,
    chain.chainPem,
    `${chains.other.rootPem}${chains.own.rootPem}`,
    '',
    'root.pem',
    '~/root.pem',
    '<html>Sign in</html>',
    connectionStringTo('localhost'),
  ]);
}

/** What becomes of it. @type {((text: string, random: ReturnType<typeof randomOf>) => any)[]} */
const CHANGES = [
  (text) => text,
  (text) => text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', '\\n'),
  (text) => text.replaceAll('\n', ' '),
  (text) => `\ufeff${text}`,
  (text) => Buffer.from(text),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64'),
  (text) => text.replace(/-----.*-----\n?/g, ''),
  (text) => `"${text}"`,
  (text) => [text],
  (text) => [text, chains.other.rootPem],
  (text) => text.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
  (text) => text.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.of(['*', 'A', '\n', '-', '']) + text.slice(at + 1);
  },
];

/** @param {string} connectionString @param {any} ca */
async function appSays(connectionString, ca) {
  try {
    const device = await connect({ connectionString, ca });
    await device.close();
    return undefined;
  } catch (error) {
    return /** @type {any} */ (error);
  }
}

describe('an app and the doctor', () => {
  it('say the same of whatever is given as a root', async () => {
    const connectionString = connectionStringTo(`localhost:${gateway.port}`);
    const surroundings = { env: {}, webPorts: [], limits: { ...LIMITS, stayMs: 1 } };
    let refused = 0;
    let accepted = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = randomOf(seed);
      const made = random.of(CHANGES)(material(random), random);
      const ca = random.chance(0.3) && !Array.isArray(made) ? inFile(made) : made;
      if (ca === '') continue;
      const error = await appSays(connectionString, ca);
      const { facts, findings } = await examine({ connectionString, ca }, surroundings);
      const told = `seed ${seed}: ${error?.code} ${error?.message} / ${findings.map(({ title }) => title).join('; ')}`;
      assert.equal(facts.connect?.outcome === 'accepted', error === undefined, told);
      if (error === undefined) accepted += 1;
      if (!/^ERR_IOT_CA_/.test(error?.code ?? '')) continue;
      refused += 1;
      assert.equal(facts.ca?.fault?.code, error.code, told);
      assert.equal(facts.ca?.fault?.message, error.message, told);
      assert.equal(findings[0].step, 'ca', told);
    }
    assert.ok(refused > 20 && accepted > 20, `${refused} refused, ${accepted} accepted`);
  });
});
