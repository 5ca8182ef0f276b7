// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('edge-downstream-gateway');
const { contents, Project, ROOT, temporaryDirectory } = require('./project');
const { packBoth } = require('../../scripts/pack');
const { bytesOf, DOCUMENTATION, INSTALLED, READ } = require('../../scripts/release/limits');

/** What runs, and says how to call it. */
const CODE = /^(package\.json|index\.(js|d\.ts)|(bin|lib)\/.*)$/;

const directory = temporaryDirectory();
const project = new Project(directory);
/** @type {Awaited<ReturnType<typeof packBoth>>} */
let tarballs;

before(async () => {
  tarballs = await packBoth(directory);
  await project.install([tarballs.root, tarballs.platform]);
});

after(() => fs.rmSync(directory, { recursive: true, force: true }));

test('the package holds what users need, and neither sources nor tests', async () => {
  const files = await contents(tarballs.root);
  for (const name of [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'docs/errors.md',
    'examples/edge_downstream_device.js',
    'index.js',
    'index.d.ts',
    'lib/compat/register.js',
  ]) {
    assert.ok(files.includes(name), `${name} is missing`);
  }
  const foreign = files.filter((name) => !CODE.test(name) && !READ.test(name));
  assert.deepEqual(foreign, []);
  const unwanted = files.filter((name) => /\.(rs|node|toml|test\.js)$/.test(name));
  assert.deepEqual(unwanted, []);
});

test('the platform package holds the add-on, and the licences of what is linked in', async () => {
  const files = await contents(tarballs.platform);
  const addOn = files.filter((name) => name.endsWith('.node'));
  assert.equal(addOn.length, 1);
  const others = files.filter((name) => name !== addOn[0]);
  assert.deepEqual(others.sort(), ['LICENSE', 'README.md', 'THIRD_PARTY_LICENSES', 'package.json']);
  const licences = path.join(
    project.directory,
    'node_modules',
    tarballs.platformName,
    'THIRD_PARTY_LICENSES',
  );
  const text = fs.readFileSync(licences, 'utf8');
  for (const name of ['aws-lc-sys', 'rustls', 'tokio', 'napi'])
    assert.match(text, new RegExp(`^${name} \\d`, 'm'));
  // What is compiled with, and what another choice of features would link, is none of it.
  assert.doesNotMatch(text, /^(syn|cc|ring) \d/m);
});

test('the manifest names every platform package at its own version, and nothing else to install', () => {
  const manifest = readManifest('edge-downstream');
  const platforms = fs.readdirSync(path.join(ROOT, 'npm')).map((name) => `edge-downstream-${name}`);
  assert.deepEqual(
    manifest.optionalDependencies,
    Object.fromEntries(platforms.map((name) => [name, manifest.version])),
  );
  // Whoever uploads files has it besides.
  assert.deepEqual(manifest.peerDependencies, { '@azure/storage-blob': '^12.0.0' });
  assert.deepEqual(manifest.peerDependenciesMeta, { '@azure/storage-blob': { optional: true } });
  for (const key of ['dependencies', 'devDependencies', 'scripts', 'workspaces']) {
    assert.equal(manifest[key], undefined, key);
  }
  assert.equal(readManifest(tarballs.platformName).version, manifest.version);
});

test('two packages are installed, in at most 5 MB and 0.5 MB of documentation', () => {
  assert.deepEqual(project.packages().sort(), [
    'node_modules/edge-downstream',
    `node_modules/${tarballs.platformName}`,
  ]);
  const modules = path.join(project.directory, 'node_modules');
  const counted = project.packages().map((location) => path.join(project.directory, location));
  const documentation = counted.reduce((sum, folder) => sum + bytesOf(folder, (name) => READ.test(name)), 0);
  const code = bytesOf(modules, () => true) - documentation;
  assert.ok(code <= INSTALLED, `${code} bytes are installed`);
  assert.ok(documentation <= DOCUMENTATION, `${documentation} bytes of documentation`);
});

test('require finds every name, and classes are called what they are in the sources', async () => {
  const script = `const all = Object.entries(require('edge-downstream'));
    console.log(JSON.stringify(all.map(([name, value]) => [name, value.name ?? null])));`;
  const found = JSON.parse(await project.node(['-e', script]));
  const expected = Object.entries(require('../..')).map(([name, value]) => [name, value.name ?? null]);
  assert.deepEqual(found, expected);
});

test('import finds every name', async () => {
  const names = Object.keys(require('../..')).join(', ');
  project.write('app.mjs', `import { ${names} } from 'edge-downstream';\nconsole.log(typeof connect);\n`);
  assert.equal(await project.node(['app.mjs']), 'function\n');
});

test('the command is there', async () => {
  const program = path.join('node_modules', '.bin', 'edge-downstream');
  assert.match(await project.node([program]), /^Usage: edge-downstream/);
  assert.match(await project.node([program, 'doctor', '--help']), /^Usage: edge-downstream doctor/);
});

test('the original names are there as subpaths', async () => {
  project.write(
    'subpaths.mjs',
    `import { Client } from 'edge-downstream/azure-iot-device';
import { Mqtt } from 'edge-downstream/azure-iot-device-mqtt';
import { ConnectionString } from 'edge-downstream/azure-iot-common';
console.log(typeof Client, typeof Mqtt, typeof ConnectionString);\n`,
  );
  assert.equal(await project.node(['subpaths.mjs']), 'function function function\n');
});

for (const [resolution, module] of [
  ['node10', 'commonjs'],
  ['node16', 'node16'],
  ['bundler', 'esnext'],
]) {
  test(`TypeScript finds the types by ${resolution}`, async () => {
    project.write(
      'app.ts',
      `import { connect, Client, Message } from 'edge-downstream';
import { Mqtt } from 'edge-downstream/azure-iot-device-mqtt';
export const client: Client = Client.fromConnectionString('', Mqtt);
export const message = new Message('text');
// @ts-expect-error A number is no option.
connect(5);\n`,
    );
    const compilerOptions = {
      ...{ module, moduleResolution: resolution, target: 'es2022', strict: true, noEmit: true },
      ...{ types: ['node'], typeRoots: [path.join(ROOT, 'node_modules', '@types')] },
    };
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    await project.node([path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  });
}

test('a script for azure-iot-device runs through register', async () => {
  const gateway = await startGateway({
    chain: await createChain({ host: 'localhost' }),
    devices: [{ deviceId: 'installed' }],
  });
  try {
    const name = 'edge_downstream_device.js';
    fs.copyFileSync(path.join(ROOT, 'examples', name), path.join(project.directory, name));
    project.write('root.pem', gateway.rootPem);
    const args = ['-r', 'edge-downstream/register', name, '--messages', '3', '--interval', '0'];
    const output = await project.node(args, {
      IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString('installed'),
      PATH_TO_EDGE_CA_CERT: 'root.pem',
    });
    assert.match(output, /Message 3: MessageEnqueued/);
    const bodies = gateway.received.map(({ body }) => JSON.parse(String(body)).number);
    assert.deepEqual(bodies, [1, 2, 3]);
  } finally {
    await gateway.close();
  }
});

/** @param {string} name */
function readManifest(name) {
  const file = path.join(project.directory, 'node_modules', name, 'package.json');
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
