// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { installPacked } = require('../scripts/packed');
const { REGISTER } = require('./contenders');
const { run } = require('./children');
const { npm } = require('./npm');

const ROOT = path.join(__dirname, '..');
const PEERS = path.join(__dirname, 'peers');

/**
 * Installs the peers as their lock says, unless that was done already. Their install scripts do not run: aws-crt's
 * would only compile what its package brings ready.
 *
 * @returns {Promise<void>}
 */
async function installPeers() {
  const lock = fs.statSync(path.join(PEERS, 'package-lock.json'));
  // npm writes this file last, so it tells a finished installation from a broken one.
  const installed = fs.statSync(path.join(PEERS, 'node_modules', '.package-lock.json'), {
    throwIfNoEntry: false,
  });
  if (installed && installed.mtimeMs >= lock.mtimeMs) return;
  console.log('Installing the clients to compare with into bench/peers (about 110 MB, first run only) …');
  await npm(['ci', '--prefix', PEERS, '--ignore-scripts'], { cwd: PEERS, show: true });
}

/**
 * @returns {Promise<string>} path of the program
 */
async function buildSink() {
  console.log('Building the sink (seconds when nothing changed, a minute or two the first time) …');
  const args = [
    'build',
    '--release',
    '-p',
    'edge-downstream-sink',
    '--message-format',
    'json-render-diagnostics',
  ];
  const { stdout } = await run('cargo', args, {
    cwd: ROOT,
    show: true,
    environment: process.env,
    timeoutMs: 1_800_000,
  });
  const executable = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).executable)
    .find((file) => typeof file === 'string');
  if (!executable) throw new Error('cargo built the sink but named no program');
  return executable;
}

/**
 * Packs and installs this package, and makes sure that what runs under our name is ours: the add-on loads, and not one
 * file of the original does.
 *
 * @param {string} directory of the client programs
 */
async function prepareOurs(directory) {
  await installPacked();
  const script = `
    require('azure-iot-device').Client.name;
    require('azure-iot-device-mqtt').Mqtt.name;
    const original = Object.keys(require.cache).find((file) => /node_modules.azure-iot-/.test(file));
    if (original) throw new Error('the original is loaded: ' + original);`;
  try {
    await run(process.execPath, ['-r', REGISTER, '-e', script], { cwd: directory });
  } catch (error) {
    throw new Error('edge-downstream does not load; is the add-on built (npm run build)?', { cause: error });
  }
}

module.exports = { installPeers, buildSink, prepareOurs, ROOT, PEERS };
