'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { connectionStringTo } = require('../bad_input/telling');

/**
 * A process that connects once, by MQTT and by HTTPS: trust comes from its environment, which is read when it starts. The two
 * must agree.
 */

/** What decides about trust here or in other programs, and may stand in the environment of whoever runs the tests. */
const OURS = /^(SSL_CERT_|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_TLS_)/;

/**
 * @param {import('../../gateway').Gateway} gateway On `localhost`, knows `d1`.
 * @param {object} [options]
 * @param {string} [options.ca]
 * @param {Record<string, string>} [options.env] What its environment has besides.
 * @returns {Promise<{ verdict: string, stderr: string }>} `accepted`, or the code of the error.
 */
async function connecting(gateway, { ca, env = {} } = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const child = spawn(process.execPath, [__filename], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  const connectionString = connectionStringTo(`localhost:${gateway.port}`);
  child.stdin.end(JSON.stringify({ connectionString, ca, httpsPort: gateway.webSocketPort }));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`it ended with ${code}: ${output.stderr}`);
  return { verdict: output.stdout, stderr: output.stderr };
}

async function main() {
  const { connectionString, ca, httpsPort } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const verdicts = [await overMqtt({ connectionString, ca }), await overHttps(ca, httpsPort)];
  process.stdout.write([...new Set(verdicts)].join(' over MQTT, over HTTPS '));
}

/** @param {import('../..').ConnectOptions} options */
async function overMqtt(options) {
  const { connect } = require('../..');
  return outcome(async () => (await connect(options)).close());
}

/**
 * @param {string | undefined} ca
 * @param {number} port
 */
async function overHttps(ca, port) {
  const { HttpsClient } = require('../../lib/https/client');
  const { readTrust } = require('../../lib/tls/trust');
  return outcome(async () => {
    const client = new HttpsClient({ trusts: [readTrust(ca)], words: { clientId: 'd1', ca } });
    await client.request({ host: 'localhost', port, method: 'GET', path: '/' });
  });
}

/** @param {() => Promise<void>} attempt */
async function outcome(attempt) {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    return error.code;
  }
}

if (require.main === module) main();

module.exports = { connecting };
