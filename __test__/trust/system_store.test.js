'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL } = require('../bad_input/telling');
const { connecting } = require('./connecting');

/** Without `ca`: the operating system's store, NODE_EXTRA_CA_CERTS, Node's own roots. */

const UNTRUSTED = 'ERR_IOT_CERT_UNKNOWN_ISSUER';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-store-'));
let gateway;
let root;
let otherRoot;
let empty;

before(async () => {
  // A name of its own: this root gets into the store of the machine.
  const chain = await createChain({ ...SMALL, rootName: `edge-downstream test ${process.pid}` });
  gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }] });
  root = fileOf('root.pem', chain.rootPem);
  otherRoot = fileOf('other.pem', (await createChain({ ...SMALL, rootName: 'Another root' })).rootPem);
  empty = fileOf('empty.pem', '');
});

after(async () => {
  fs.rmSync(folder, { recursive: true });
  await gateway.close();
});

function fileOf(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/** By name: environment, `ca`, verdict. */
const cases = {
  'the store of this machine does not know the gateway': () => [{}, undefined, UNTRUSTED],
  'SSL_CERT_FILE names another store': () => [{ SSL_CERT_FILE: root }, undefined, 'accepted'],
  'SSL_CERT_DIR names another store': () => [{ SSL_CERT_DIR: directoryOf(root) }, undefined, 'accepted'],
  'SSL_CERT_FILE names another store without that root': () => [
    { SSL_CERT_FILE: otherRoot },
    undefined,
    UNTRUSTED,
  ],
  'ca goes before the store': () => [{ SSL_CERT_FILE: root }, otherRoot, UNTRUSTED],
  'ca needs no store': () => [{ SSL_CERT_FILE: otherRoot }, root, 'accepted'],
  'ca that is an empty text is none': () => [{ SSL_CERT_FILE: root }, '', 'accepted'],
  'NODE_EXTRA_CA_CERTS adds to the store': () => [
    { NODE_EXTRA_CA_CERTS: root, SSL_CERT_FILE: otherRoot },
    undefined,
    'accepted',
  ],
  'NODE_EXTRA_CA_CERTS does not take from the store': () => [
    { NODE_EXTRA_CA_CERTS: otherRoot, SSL_CERT_FILE: root },
    undefined,
    'accepted',
  ],
  'ca goes before NODE_EXTRA_CA_CERTS': () => [{ NODE_EXTRA_CA_CERTS: root }, otherRoot, UNTRUSTED],
  "an empty store: Node's own roots, which do not know the gateway": () => [
    { SSL_CERT_FILE: empty },
    undefined,
    UNTRUSTED,
  ],
  "an empty store: NODE_EXTRA_CA_CERTS adds to Node's own roots": () => [
    { SSL_CERT_FILE: empty, NODE_EXTRA_CA_CERTS: root },
    undefined,
    'accepted',
  ],
  'NODE_EXTRA_CA_CERTS names no file': () => [
    { NODE_EXTRA_CA_CERTS: path.join(folder, 'missing.pem') },
    undefined,
    'ERR_IOT_CA_NOT_FOUND',
  ],
};

for (const [name, make] of Object.entries(cases)) {
  test(name, async () => {
    const [env, ca, expected] = make();
    const { verdict, stderr } = await connecting(gateway, { ca, env });
    assert.equal(verdict, expected, stderr);
  });
}

test('a root in the store that has expired is none, and is named', async (t) => {
  const chain = await createChain({ variant: 'expired-root' });
  const expired = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }] });
  t.after(() => expired.close());
  const env = { SSL_CERT_FILE: fileOf('expired.pem', chain.rootPem + fs.readFileSync(root, 'utf8')) };
  assert.equal((await connecting(expired, { env })).verdict, 'ERR_IOT_CERT_ROOT_EXPIRED');
  assert.equal((await connecting(gateway, { env })).verdict, 'accepted', 'it disturbs nobody else');
});

/** A directory as OpenSSL's `rehash` leaves it. */
function directoryOf(file) {
  const directory = fs.mkdtempSync(path.join(folder, 'certs-'));
  fs.copyFileSync(file, path.join(directory, 'a1b2c3d4.0'));
  return directory;
}

/**
 * The article's way (contract edge-gateway.md §10.1): `cp root.pem.crt /usr/local/share/ca-certificates/` and
 * `update-ca-certificates`, on this machine, and undone whatever happens.
 */
test('a root installed with update-ca-certificates is trusted until it is taken out again', async (t) => {
  const missing = whatIsMissing();
  if (missing) {
    console.error(`NOT TESTED: the store of the operating system. ${missing}`);
    assert.ok(!process.env.CI, `CI must test it. ${missing}`);
    t.skip(missing);
    return;
  }
  const installed = `/usr/local/share/ca-certificates/edge-downstream-test-${process.pid}.crt`;
  const undo = () => {
    asRoot('rm', '-f', installed);
    asRoot('update-ca-certificates');
  };
  // Also when the runner gives up on this file: it ends it with SIGTERM.
  const undoAtEnd = () => undo();
  const undoAndEnd = () => process.exit(1);
  process.once('exit', undoAtEnd).once('SIGTERM', undoAndEnd).once('SIGINT', undoAndEnd);
  try {
    asRoot('cp', root, installed);
    asRoot('update-ca-certificates');
    assert.equal((await connecting(gateway)).verdict, 'accepted');
    assert.equal((await connecting(gateway, { ca: otherRoot })).verdict, UNTRUSTED);
  } finally {
    process.off('exit', undoAtEnd).off('SIGTERM', undoAndEnd).off('SIGINT', undoAndEnd);
    undo();
  }
  assert.equal((await connecting(gateway)).verdict, UNTRUSTED);
});

/** @returns {string | undefined} Why the store cannot be changed here. */
function whatIsMissing() {
  if (process.platform !== 'linux') return 'It takes Debian, or one of its kind.';
  if (!fs.existsSync('/usr/sbin/update-ca-certificates')) {
    return 'There is no update-ca-certificates: apt-get install ca-certificates';
  }
  const { status } = spawnSync(...command('true'));
  return status === 0 ? undefined : 'It takes root, or a sudo that asks nothing.';
}

/** @param {string[]} words */
function asRoot(...words) {
  const { status, stderr, error } = spawnSync(...command(...words));
  assert.equal(status, 0, `${words.join(' ')}: ${error ?? stderr}`);
}

/**
 * @param {string[]} words
 * @returns {[string, string[], { encoding: 'utf8', env: NodeJS.ProcessEnv }]}
 */
function command(...words) {
  const [program, ...args] = process.getuid?.() === 0 ? words : ['sudo', '-n', ...words];
  return [
    program,
    args,
    { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } },
  ];
}
