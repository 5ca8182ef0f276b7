'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { packBoth } = require('../../scripts/pack');
const { SMALL } = require('../bad_input/telling');
const { Project, ROOT, temporaryDirectory } = require('./project');

// What few apps need is loaded when it is needed: it would take a third of the time that a start takes.

const loaded = () =>
  Object.keys(require.cache)
    .filter((file) => file.startsWith(path.join(ROOT, 'lib', 'failures')))
    .map((file) => path.basename(file));

test('a device that connects, sends and closes does not load what tells failures; one that cannot connect does', async (t) => {
  const gateway = await startGateway({ chain: await createChain(SMALL), devices: [{ deviceId: 'd1' }] });
  t.after(() => gateway.close());
  const options = { connectionString: gateway.connectionString('d1'), ca: gateway.rootPem };
  const device = await connect(options);
  await device.sendEvent('hello');
  await device.close();
  assert.deepEqual(loaded(), []);
  gateway.disableDevice('d1');
  await assert.rejects(connect(options), { code: 'ERR_IOT_NOT_AUTHORIZED' });
  assert.ok(loaded().includes('connection_failure.js'));
});

test('an app that connects loads nothing of the doctor but its door', () => {
  const program = `require('edge-downstream');
    const doctor = Object.keys(require.cache).filter((file) => /lib.doctor/.test(file));
    console.log(doctor.map((file) => path.basename(file)).join());`;
  const output = execFileSync(process.execPath, ['-e', program], { cwd: ROOT });
  assert.equal(String(output), 'diagnose.js\n');
});

test('of the bundles of the installed package it loads one', async (t) => {
  const directory = temporaryDirectory();
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const project = new Project(directory);
  const { root, platform } = await packBoth(directory);
  await project.install([root, platform]);
  project.write(
    'app.js',
    `require('edge-downstream');
    const files = () => Object.keys(require.cache).filter((file) => /lib.bundle/.test(file));
    console.log(files().map((file) => require('node:path').basename(file)).join());`,
  );
  assert.equal(await project.node(['app.js']), 'edge_downstream.js\n');
});
