// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run } = require('./children');
const { PEERS, ROOT } = require('./preparation');

/**
 * What a figure depends on besides the code, to stand beside it.
 *
 * @returns {Promise<Record<string, unknown>>}
 */
async function describeMachine() {
  const [{ model = 'unknown processor' } = {}] = os.cpus();
  return {
    processor: model.trim(),
    cores: os.availableParallelism(),
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    load: os.loadavg()[0],
    node: process.version,
    openssl: process.versions.openssl,
    mosquitto: await firstLine('mosquitto', ['-h']),
    rustc: await firstLine('rustc', ['--version']),
    commit: await firstLine('git', ['describe', '--always', '--dirty', '--abbrev=12']),
    clients: clientVersions(),
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function firstLine(command, args) {
  const search = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(path.delimiter);
  const environment = { ...process.env, PATH: search };
  // `mosquitto -h` ends with 3 and tells its version all the same.
  const told = await run(command, args, { cwd: ROOT, environment }).catch((error) => ({
    stdout: error.stdout ?? '',
  }));
  return told.stdout.split('\n')[0] || 'not found';
}

/** @returns {Record<string, string>} */
function clientVersions() {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(PEERS, 'package.json'), 'utf8'));
  const { name, version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return { [name]: version, ...dependencies };
}

module.exports = { describeMachine };
