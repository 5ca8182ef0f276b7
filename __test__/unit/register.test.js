'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');

const root = path.join(__dirname, '..', '..');

const COMMONJS = `
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const common = require('azure-iot-common');
const ours = require('edge-downstream');
console.log(Client === ours.Client, Message === common.Message, Mqtt === ours.Mqtt, common.errors === ours.errors);
import('azure-iot-device').then((imported) => console.log(imported.Client === Client));
try {
  require('constructor');
} catch (error) {
  console.log(error.code);
}
`;

const ESM = `
import { createRequire } from 'node:module';
import device, { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { errors, ConnectionString, Message as Same } from 'azure-iot-common';
import * as ours from 'edge-downstream';
console.log(Client === ours.Client, Message === Same, Mqtt === ours.Mqtt, errors === ours.errors);
console.log(device.Client === Client, typeof ConnectionString, createRequire(import.meta.url)('azure-iot-device') === device);
`;

const WORKER = `
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) new Worker(__filename);
else console.log(require('azure-iot-device') === require('edge-downstream/azure-iot-device'));
`;

/** A directory as an app's: with this package installed, and the originals installed or not. */
function appDirectory(withOriginals) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-'));
  fs.mkdirSync(path.join(directory, 'node_modules'));
  fs.symlinkSync(root, path.join(directory, 'node_modules', 'edge-downstream'));
  if (withOriginals) {
    for (const name of ['azure-iot-device', 'azure-iot-device-mqtt', 'azure-iot-common']) {
      fs.symlinkSync(path.join(root, 'node_modules', name), path.join(directory, 'node_modules', name));
    }
  }
  fs.writeFileSync(path.join(directory, 'app.js'), COMMONJS);
  fs.writeFileSync(path.join(directory, 'app.mjs'), ESM);
  fs.writeFileSync(path.join(directory, 'worker.js'), WORKER);
  return directory;
}

for (const withOriginals of [false, true]) {
  describe(`edge-downstream/register, the originals ${withOriginals ? 'installed' : 'absent'}`, () => {
    /** @type {string} */
    let directory;
    before(() => {
      directory = appDirectory(withOriginals);
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    const run = (/** @type {string[]} */ ...args) =>
      execFileSync(process.execPath, args, {
        cwd: directory,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });

    for (const flag of ['-r', '--import']) {
      it(`${flag} redirects require, and import from CommonJS`, () => {
        assert.equal(
          run(flag, 'edge-downstream/register', 'app.js'),
          'true true true true\nMODULE_NOT_FOUND\ntrue\n',
        );
      });

      it(`${flag} redirects import, with every name`, () => {
        assert.equal(
          run(flag, 'edge-downstream/register', 'app.mjs'),
          'true true true true\ntrue function true\n',
        );
      });

      it(`${flag} reaches worker threads`, () => {
        assert.equal(run(flag, 'edge-downstream/register', 'worker.js'), 'true\n');
      });
    }

    it('given twice works as given once', () => {
      const flags = ['-r', 'edge-downstream/register', '--import', 'edge-downstream/register'];
      assert.match(run(...flags, 'app.mjs'), /^true true true true\n/);
    });
  });
}

it('without register the names are those of the originals', () => {
  assert.notEqual(require('azure-iot-device').Client, require('edge-downstream').Client);
});
