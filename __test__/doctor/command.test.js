'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { DEVICE, HUB, KEY, connectionStringTo, freePort } = require('./surroundings');

const ROOT = path.join(__dirname, '..', '..');
const { bin } = require('../../package.json');

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-doctor-'));
const file = (/** @type {string} */ name, /** @type {string} */ content) => {
  const made = path.join(directory, name);
  fs.writeFileSync(made, content);
  return made;
};

/** @type {import('../../gateway').Gateway} */
let gateway;
let connectionString, ca, refused;
before(async () => {
  const chain = await createChain({ variant: 'good-dns' });
  // Two, because tests run side by side, and a device is connected once.
  const devices = [DEVICE, 'd2'].map((deviceId) => ({ deviceId, primaryKey: KEY }));
  gateway = await startGateway({ chain, devices, hubHostName: HUB });
  connectionString = connectionStringTo(`localhost:${gateway.port}`);
  refused = connectionStringTo(`localhost:${await freePort()}`);
  ca = file('root.pem', chain.rootPem);
});
after(async () => {
  await gateway.close();
  fs.rmSync(directory, { recursive: true });
});

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
async function run(args, env = {}) {
  const { IOTHUB_DEVICE_CONNECTION_STRING: _a, PATH_TO_EDGE_CA_CERT: _b, ...clean } = process.env;
  const program = path.join(ROOT, bin['edge-downstream']);
  const result = await new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...clean, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
  for (const secret of [KEY, encodeURIComponent(KEY), 'sig=']) {
    assert.ok(!(result.stdout + result.stderr).includes(secret), 'a secret is shown');
  }
  return result;
}

describe('npx edge-downstream', () => {
  it('alone and with --help says what commands there are', async () => {
    for (const args of [[], ['--help']]) {
      const { code, stdout } = await run(args);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: edge-downstream <command>\n[^]*doctor/);
    }
  });

  it('does not know other commands, nor shows them: they may be a connection string', async () => {
    const { code, stdout, stderr } = await run([connectionString]);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /no such command/);
  });
});

describe('npx edge-downstream doctor', { concurrency: true }, () => {
  it('ends with 0 where all is well, and says so, with the words of openssl', async () => {
    const { code, stdout, stderr } = await run(['doctor', connectionString, '--ca', ca]);
    assert.equal(stderr, '');
    assert.match(stdout, /Verify return code: 0 \(ok\)/);
    assert.match(stdout, new RegExp(`Device d1 can connect to localhost:${gateway.port}\\.`));
    assert.match(stdout, /az iot hub module-twin show .* --hub-name local .*routes/);
    // The gateway admitted the device, so it is its parent.
    assert.doesNotMatch(stdout, /parent show/);
    assert.equal(code, 0);
  });

  it('prints with --json what diagnose() resolves with, from environment variables alone', async () => {
    const second = connectionStringTo(`localhost:${gateway.port}`, { DeviceId: 'd2' });
    const env = { IOTHUB_DEVICE_CONNECTION_STRING: second, PATH_TO_EDGE_CA_CERT: ca };
    const { code, stdout } = await run(['doctor', '--json', '--send'], env);
    const report = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.deepEqual(
      [report.form, report.healthy, report.findings, report.facts.ca.origin, report.facts.send.outcome],
      [1, true, [], 'environment', 'acknowledged'],
    );
  });

  it('ends with 1 where there is a problem', async () => {
    const { code, stdout } = await run(['doctor', refused, '--ca', ca]);
    assert.equal(code, 1);
    assert.match(stdout, /port-refused/);
    assert.match(stdout, /Device d1 cannot connect to localhost/);
  });

  it('reads the connection string from a file, line break and all', async () => {
    const { code, stdout } = await run([
      'doctor',
      file('device.txt', `${refused}\r\n`),
      '--ca',
      ca,
      '--json',
    ]);
    assert.equal(code, 1);
    assert.deepEqual(
      JSON.parse(stdout).findings.map((finding) => finding.code),
      ['port-refused'],
    );
  });

  it('goes as far as its greeting with a protocol the client does not speak', async () => {
    const { code, stdout } = await run([
      'doctor',
      connectionString,
      '--ca',
      ca,
      '--json',
      '--protocol',
      'amqp',
    ]);
    const { findings, steps } = JSON.parse(stdout);
    const status = Object.fromEntries(steps.map((step) => [step.name, step.status]));
    // It is the port of MQTT.
    assert.equal(code, 1);
    assert.deepEqual(
      findings.map((finding) => finding.code),
      ['not-amqp'],
    );
    assert.match(findings[0].title, /speaks MQTT/);
    assert.deepEqual([status.certificate, status.greeting, status.connect], ['ok', 'problem', 'skipped']);
  });

  it('gives up after --timeout', async () => {
    const silent = await startGateway({
      chain: gateway.chain,
      devices: [],
      faults: { connack: 'silent' },
    });
    const at = connectionStringTo(`localhost:${silent.port}`);
    const { code, stdout } = await run(['doctor', at, '--ca', ca, '--json', '--timeout', '1']);
    await silent.close();
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).findings[0].code, 'connect-unanswered');
  });

  it('says what it takes', async () => {
    const { code, stdout } = await run(['doctor', '--help']);
    assert.equal(code, 0);
    for (const option of [
      '--ca',
      '--cert',
      '--key',
      '--proxy',
      '--protocol',
      '--send',
      '--timeout',
      '--json',
      '--no-color',
    ]) {
      assert.ok(stdout.includes(option), option);
    }
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  it('names no file in its help that is not installed', async () => {
    const { files } = require('../../package.json');
    const { stdout } = await run(['doctor', '--help']);
    const named = Array.from(stdout.matchAll(/\b[\w/-]+\.(?:d\.ts|js|md|json)\b/g), ([name]) => name);
    assert.ok(named.length > 0);
    for (const name of named) assert.ok(files.includes(name.split('/')[0]), `${name} is not in the package`);
  });

  it('tells its version', async () => {
    const { version } = require('../../package.json');
    for (const args of [['--version'], ['doctor', '--version']]) {
      assert.deepEqual(await run(args), { code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  const misunderstood = {
    'no connection string': [[], /connection string is missing/],
    'an unknown option': [['--verify', 'no'], /--verify/],
    'two arguments': [['HostName=a', 'DeviceId=b'], /more than one argument/],
    'a file that is not there': [['nowhere.txt'], /no connection string, so it is taken for a file/],
    'a directory': [[os.tmpdir()], /that is a directory\. Name the file in it that is meant\./],
    'an unknown protocol': [['HostName=a', '--protocol', 'http'], /protocol is "http"/],
    'no number of seconds': [['HostName=a', '--timeout', 'soon'], /--timeout is 'soon'/],
  };
  for (const [name, [args, words]] of Object.entries(misunderstood)) {
    it(`ends with 2 at ${name}`, async () => {
      const { code, stdout, stderr } = await run(['doctor', ...args]);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.match(stderr, /^Usage: edge-downstream doctor/);
      // What is wrong stands last, where a terminal shows it.
      assert.match(stderr.trimEnd().split('\n').slice(-1)[0], words);
    });
  }
});
