// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Project, temporaryDirectory } = require('./project');
const { packBoth } = require('../../scripts/pack');
const { ADD_ONS, platformPackage } = require('../../scripts/platform_package');

const directory = temporaryDirectory();
const project = new Project(directory);
/** @type {Awaited<ReturnType<typeof packBoth>>} */
let tarballs;

before(async () => {
  tarballs = await packBoth(directory);
  await project.install([tarballs.root]);
});

after(() => fs.rmSync(directory, { recursive: true, force: true }));

/** Tells what requiring the package throws, on a machine as `disguise` makes it look. */
async function failureOf(disguise = '', environment = {}) {
  const script = `${disguise};
    try { require('edge-downstream'); console.log('null'); }
    catch (error) {
      const { code, message, hint, cause } = error;
      const shown = require('node:util').inspect(error).replace(/^    at .*\\n/gm, '');
      console.log(JSON.stringify({ code, message, hint, cause: cause.message, causeOfCause: cause.cause, shown }));
    }`;
  return JSON.parse(await project.node(['-e', script], environment));
}

const MUSL = `process.report.getReport = () => ({ header: {}, sharedObjects: ['/lib/ld-musl-x86_64.so.1'] });
  const fs = require('node:fs'), read = fs.readFileSync;
  fs.readFileSync = (file, ...more) => (file === '/usr/bin/ldd' ? 'musl' : read(file, ...more));
  Object.defineProperty(process, 'platform', { value: 'linux' });
  Object.defineProperty(process, 'arch', { value: 'x64' })`;

test('without the platform package the error names platform, C library and what to install', async () => {
  const { code, message, hint, cause, causeOfCause, shown } = await failureOf();
  assert.equal(code, 'ERR_IOT_NATIVE_MISSING');
  assert.ok(message.includes(`${process.platform}-${process.arch}`), message);
  if (process.platform === 'linux') assert.match(message, /\((glibc [\d.]+|musl)\)/);
  assert.ok(message.includes(`npm install ${tarballs.platformName}@`), message);
  assert.match(hint, /--omit=optional/);
  assert.ok(!message.includes('\n'));
  assert.match(cause, new RegExp(`^Cannot find module '${tarballs.platformName}'`));
  assert.equal(causeOfCause, undefined);
  assert.equal(shown.match(/cause/g).length, 1, shown);
  assert.ok(shown.split('\n').length <= 5, shown);
});

test('on Alpine it names musl and the package for it', async () => {
  const { message } = await failureOf(MUSL);
  assert.match(message, /linux-x64 \(musl\)/);
  assert.match(message, /edge-downstream-linux-x64-musl@/);
});

test('where nothing is published it says so', async () => {
  const { message } = await failureOf(`Object.defineProperty(process, 'arch', { value: 'mips' })`);
  assert.match(message, new RegExp(`${process.platform}-mips`));
  assert.match(message, /none published/);
});

test('an add-on that does not load is told with the reason', async () => {
  const modules = path.join(project.directory, 'node_modules', tarballs.platformName);
  fs.mkdirSync(modules);
  fs.writeFileSync(path.join(modules, 'package.json'), '{ "main": "broken.node" }');
  fs.writeFileSync(path.join(modules, 'broken.node'), 'not a library');
  try {
    const { code, message, hint, cause, causeOfCause } = await failureOf();
    assert.equal(code, 'ERR_IOT_NATIVE_MISSING');
    assert.match(message, /does not load: .*broken\.node/);
    assert.match(cause, /broken\.node/);
    assert.equal(causeOfCause, undefined);
    assert.match(hint, /install anew/);
  } finally {
    fs.rmSync(modules, { recursive: true });
  }
});

test('NAPI_RS_NATIVE_LIBRARY_PATH names another add-on', async () => {
  const file = path.join(ADD_ONS, String(platformPackage()?.main));
  assert.equal(await failureOf('', { NAPI_RS_NATIVE_LIBRARY_PATH: file }), null);
  const { hint } = await failureOf('', { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere.node' });
  assert.match(hint, /NAPI_RS_NATIVE_LIBRARY_PATH is set/);
});
