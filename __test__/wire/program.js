'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/**
 * Runs a program of this directory as a device, to its end.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} file
 * @param {{ settings?: NodeJS.ProcessEnv, exitCode?: number }} [expected] With another exit code than 0 its standard
 *   error is not shown.
 * @returns {Promise<string>} What it printed.
 */
async function run(t, file, broker, device, { settings = {}, exitCode = 0 } = {}) {
  const environment = {
    CONNECTION_STRING: device.connectionString,
    CA: broker.chain.rootPem,
    TRANSPORT: broker.Transport?.name ?? 'Mqtt',
  };
  const child = spawn(process.execPath, ['--expose-gc', path.join(__dirname, file)], {
    env: { ...process.env, ...environment, ...settings },
    stdio: ['ignore', 'pipe', exitCode === 0 ? 'inherit' : 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const [code, signal] = await once(child, 'close');
  assert.equal(code, exitCode, `${file} ended with ${code ?? signal}: ${output}`);
  return output;
}

module.exports = { run };
