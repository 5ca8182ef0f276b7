'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');

/** A process that connects once: trust comes from its environment, which is read when it starts. */

/** What decides about trust here or in other programs, and may stand in the environment of whoever runs the tests. */
const OURS = /^(SSL_CERT_|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_TLS_)/;

/**
 * @param {string} connectionString
 * @param {object} [options]
 * @param {string} [options.ca]
 * @param {Record<string, string>} [options.env] What its environment has besides.
 * @returns {Promise<{ verdict: string, stderr: string }>} `accepted`, or the code of the error.
 */
async function connecting(connectionString, { ca, env = {} } = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const child = spawn(process.execPath, [__filename], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  child.stdin.end(JSON.stringify({ connectionString, ca }));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`it ended with ${code}: ${output.stderr}`);
  return { verdict: output.stdout, stderr: output.stderr };
}

async function main() {
  const { connect } = require('../..');
  const options = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  try {
    await (await connect(options)).close();
    process.stdout.write('accepted');
  } catch (error) {
    process.stdout.write(error.code);
  }
}

if (require.main === module) main();

module.exports = { connecting };
