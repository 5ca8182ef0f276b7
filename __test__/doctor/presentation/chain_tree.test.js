'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const { examine } = require('../../../lib/doctor/examination');
const { chainTree } = require('../../../lib/doctor/presentation/chain_tree');
const { paintOf } = require('../../../lib/doctor/presentation/colors');
const { symbolsOf } = require('../../../lib/doctor/presentation/symbols');
const { verifyReturnCode } = require('../../../lib/doctor/presentation/verify_return_code');
const { CHAIN_VARIANTS, createChain } = require('../../../gateway');
const { KEY, LIMITS, gatewayFor } = require('../surroundings');
const { AT, DEVICE_CA, FACTS, ROOT, SERVER, certificate, day } = require('./planted');

const look = { paint: paintOf(false), symbols: symbolsOf(true), width: 120 };
const ROOT_NAME = 'CN=Azure_IoT_Hub_CA_Cert_Test_Only';
const INTERMEDIATE_NAME = 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only';

/**
 * Who stands where, with the first line about each; without the rest.
 *
 * @param {string[]} lines
 */
function heads(lines) {
  return lines.flatMap((line, index) => {
    const head = /^( *)(?:└─ )?([✔✘i·]) (.*)$/.exec(line);
    return head ? [`${head[2]} ${head[3]}: ${lines[index + 1].replace(/^[ │]+/, '')}`] : [];
  });
}

describe('the chain of a gateway that is really there:', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-tree-'));
  after(() => fs.rmSync(directory, { recursive: true }));

  /** @type {import('../../../gateway').Chain} */
  let chain;
  before(async () => {
    chain = await createChain({ variant: 'good-dns' });
  });

  /**
   * @param {import('node:test').TestContext} t
   * @param {import('../../../gateway').ChainOptions | undefined} certificates
   * @param {import('../../../gateway').Chain} [own]
   */
  async function seen(t, certificates, own) {
    const { connectionString, ca, gateway } = await gatewayFor(t, certificates, own && { chain: own });
    const report = await examine({ connectionString, ca }, { webPorts: [], env: {}, limits: LIMITS });
    const lines = chainTree(report.facts, look);
    assert.ok(!lines.join('\n').includes(KEY));
    return { facts: report.facts, lines, said: await openssl(directory, gateway.port, ca) };
  }

  it('complete', async (t) => {
    const { facts, lines, said } = await seen(t, undefined, chain);
    const [root] = facts.ca?.roots ?? [];
    const [server] = facts.certificate?.presented ?? [];
    assert.deepEqual(heads(lines), [
      `✔ ${ROOT_NAME}: trusted root`,
      `✔ ${INTERMEDIATE_NAME}: intermediate`,
      '✔ CN=edge.ca: intermediate',
      '✔ CN=localhost: the certificate of the gateway',
    ]);
    assert.ok(lines.includes(`  │ SHA-256  ${root.fingerprint}`));
    const last = lines.slice(lines.findIndex((line) => line.includes('CN=localhost')));
    const room = ' '.repeat(13);
    assert.deepEqual(last, [
      `${' '.repeat(8)}└─ ✔ CN=localhost`,
      `${room}the certificate of the gateway`,
      `${room}issuer   CN=edge.ca`,
      `${room}names    DNS:localhost, DNS:edgeHub`,
      `${room}valid    ${server.validFrom.slice(0, 10)} to ${server.validTo.slice(0, 10)}, ${server.daysLeft} days left`,
      `${room}key      EC P-256`,
      `${room}SHA-256  ${server.fingerprint}`,
      '  Verify return code: 0 (ok)',
    ]);
    assert.equal(said, 'Verify return code: 0 (ok)');
  });

  /** @type {[string, import('../../../gateway').ChainOptions, RegExp[], string | undefined][]} */
  const CASES = [
    [
      'with its root',
      { present: ['server', 'root', 'intermediate', 'deviceCa'] },
      [/^✔ .*: trusted root, also sent$/, /^✔ .*: intermediate$/, /^✔ CN=edge\.ca/, /^✔ CN=localhost/],
      'Verify return code: 0 (ok)',
    ],
    [
      'without the intermediate',
      { present: ['server', 'deviceCa'] },
      [
        new RegExp(`^✘ ${INTERMEDIATE_NAME}: MISSING: not sent by the gateway; the CA file would need`),
        /^· CN=edge\.ca: intermediate$/,
        /^· CN=localhost/,
      ],
      'Verify return code: 20 (unable to get local issuer certificate)',
    ],
    [
      'of the server alone',
      { present: ['server'] },
      [/^✘ CN=edge\.ca: MISSING/, /^· CN=localhost/],
      'Verify return code: 21 (unable to verify the first certificate)',
    ],
    [
      'of a gateway without configured certificates',
      { quickStart: true, edgeDeviceName: 'x' },
      [/^✔ CN=aziot-edge CA x: trusted root$/, /^✔ CN=localhost/],
      'Verify return code: 0 (ok)',
    ],
    [
      'below another root',
      { rootGiven: 'stranger' },
      [new RegExp(`^✘ ${ROOT_NAME}: MISSING: not sent`), /^·/, /^·/, /^· CN=localhost/],
      'Verify return code: 20 (unable to get local issuer certificate)',
    ],
    [
      'below another root, which is sent',
      { rootGiven: 'stranger', present: ['server', 'deviceCa', 'intermediate', 'root'] },
      [new RegExp(`^✘ ${ROOT_NAME}: sent, but NOT TRUSTED: it is not in the CA file`), /^·/, /^·/, /^·/],
      'Verify return code: 19 (self-signed certificate in certificate chain)',
    ],
    [
      'for another name',
      { host: 'other.local' },
      [/^·/, /^·/, /^·/, /^✘ CN=other\.local: the certificate of the gateway/],
      'Verify return code: 62 (hostname mismatch)',
    ],
    [
      'that has expired',
      { variant: 'expired-leaf' },
      [/^·/, /^·/, /^·/, /^✘ CN=localhost/],
      'Verify return code: 10 (certificate has expired)',
    ],
    [
      'that is not yet valid',
      { variant: 'not-yet-valid-leaf' },
      [/^·/, /^·/, /^·/, /^✘ CN=localhost/],
      'Verify return code: 9 (certificate is not yet valid)',
    ],
  ];
  for (const [name, certificates, expected, code] of CASES) {
    it(`${name}, and OpenSSL says the same`, async (t) => {
      const { facts, lines, said } = await seen(t, certificates);
      const found = heads(lines);
      assert.equal(found.length, expected.length, lines.join('\n'));
      expected.forEach((pattern, index) => assert.match(found[index], pattern));
      assert.equal(verifyReturnCode(facts), code);
      assert.equal(said, code);
    });
  }

  for (const variant of /** @type {import('../../../gateway').ChainVariant[]} */ (
    Object.keys(CHAIN_VARIANTS)
  )) {
    it(`of the variant ${variant}: OpenSSL says the same, or nothing is said`, async (t) => {
      const { facts, said } = await seen(t, { variant });
      const ours = verifyReturnCode(facts);
      if (ours !== undefined) assert.equal(ours, said);
      else assert.ok(!facts.tls?.accepted);
    });
  }

  it('below a root of the same name: the one given is told, and no number is guessed', async (t) => {
    const { facts, lines } = await seen(t, { rootGiven: 'namesake' });
    assert.match(heads(lines)[0], /^✘ .*: MISSING: the CA file has one of this name, but with another key$/);
    const [given] = facts.ca?.roots ?? [];
    assert.ok(lines.includes(`  │ given    ${given.fingerprint}`), lines.join('\n'));
    assert.ok(lines.every((line) => !line.includes('Verify return code')));
  });
});

/**
 * @param {string} directory
 * @param {number} port
 * @param {string} ca
 * @returns {Promise<string | undefined>} Its last word.
 */
function openssl(directory, port, ca) {
  const file = path.join(directory, `${port}.pem`);
  fs.writeFileSync(file, ca);
  const args = [
    's_client',
    '-connect',
    `localhost:${port}`,
    '-verify_hostname',
    'localhost',
    '-CAfile',
    file,
  ];
  return new Promise((resolve, reject) => {
    const child = execFile('openssl', [...args, '-no-CApath', '-no-CAstore'], (error, stdout) => {
      const said = stdout.match(/Verify return code: .*/g);
      if (said) resolve(said[said.length - 1]);
      else reject(error ?? new Error(`openssl says ${stdout}`));
    });
    child.stdin?.end();
  });
}

describe('what is drawn of a chain:', () => {
  const chain = /** @type {import('../../..').ChainFacts} */ (FACTS.certificate);
  const ca = /** @type {import('../../..').AuthorityFacts} */ (FACTS.ca);
  const failure = { stage: 'tls', kind: 'certificate-unknown-issuer', detail: '', elapsedMs: 1 };
  const drawn = (
    /** @type {Partial<import('../../..').ChainFacts>} */ changes,
    /** @type {Partial<import('../../..').AuthorityFacts>} */ authority = {},
  ) => chainTree({ ...FACTS, certificate: { ...chain, ...changes }, ca: { ...ca, ...authority } }, look);

  it('nothing, if none was seen', () => {
    assert.deepEqual(chainTree({}, look), []);
    assert.deepEqual(drawn({ presented: [], path: [], verified: false, root: undefined }), []);
  });

  it('a root of the system by its name, as more is not known', () => {
    const lines = drawn({ root: undefined }, { roots: [], systemRoots: true, path: undefined });
    assert.equal(heads(lines)[0], '✔ CN=root: trusted root, of the system');
  });

  it('a certificate that is not needed, apart', () => {
    const extra = certificate('CN=something else', 'CN=nobody');
    const lines = drawn({ presented: [SERVER, extra, DEVICE_CA], path: [0, 2] });
    assert.equal(heads(lines)[3], '✔ CN=something else: sent besides, and not needed');
  });

  it('a server certificate that is trusted as it is', () => {
    const lines = drawn({ presented: [SERVER, DEVICE_CA], path: [0, 1], pinned: true }, { roots: [SERVER] });
    assert.equal(heads(lines)[0], '✔ CN=gateway.local: the certificate of the gateway, trusted as it is');
    assert.equal(heads(lines)[1], '✔ CN=device CA: sent besides, and not needed');
  });

  it('the issuer, not compared, when the CA file cannot be used', () => {
    const fault = { code: 'ERR_IOT_CA_NO_CERTIFICATE', message: '', hint: '' };
    const lines = drawn({ verified: false, root: undefined }, { roots: [], fault });
    assert.equal(heads(lines)[0], 'i CN=root: not compared: the root certificate given cannot be used');
    assert.ok(lines.every((line) => !line.includes('Verify return code')));
  });

  it('what is wrong, at the certificate it is wrong with', () => {
    const expired = { ...ROOT, validTo: day(-3), daysLeft: -4 };
    const weak = { ...DEVICE_CA, weakness: 'its RSA key has 1024 bits', key: 'RSA 1024' };
    const nameless = { ...SERVER, names: [] };
    const lines = drawn(
      {
        presented: [nameless, weak],
        verified: false,
        nameFailure: { ...failure, kind: 'certificate-wrong-name' },
        at: AT,
      },
      { roots: [expired] },
    );
    assert.ok(heads(lines).every((line) => line.startsWith('✘')));
    assert.match(lines.join('\n'), /valid +\S+ to \S+, EXPIRED 3 days ago\n/);
    assert.match(lines.join('\n'), /key +RSA 1024; WEAK: its RSA key has 1024 bits\n/);
    assert.match(lines.join('\n'), /names +NONE\n/);
  });

  it('that OpenSSL looks at names only when it is told to', () => {
    const nameFailure = { ...failure, kind: 'certificate-wrong-name' };
    const lines = drawn({ verified: false, nameFailure });
    assert.deepEqual(lines.slice(-2), [
      '  Verify return code: 62 (hostname mismatch)',
      '  (openssl s_client looks at names only with -verify_hostname gateway.local)',
    ]);
    const at = { ...FACTS.connectionString, host: '192.168.1.4', protocol: /** @type {const} */ ('mqtt') };
    const facts = {
      ...FACTS,
      connectionString: { ...at, faults: [] },
      certificate: { ...chain, verified: false, nameFailure },
    };
    assert.match(
      chainTree(facts, look).slice(-2).join(),
      /64 \(IP address mismatch\).*-verify_ip 192\.168\.1\.4/,
    );
  });

  it('no number where OpenSSL judges by something else', () => {
    for (const kind of ['certificate-weak', 'certificate-is-ca', 'certificate-path-length']) {
      const lines = drawn({ verified: false, pathFailure: { ...failure, kind } });
      assert.ok(
        lines.every((line) => !line.includes('Verify return code')),
        kind,
      );
    }
  });
});
