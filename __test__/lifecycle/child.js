'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { createChain, startGateway } = require('../../gateway');

/** Programs in processes of their own, against a gateway in this one. */

const ROOT = path.join(__dirname, '..', '..');

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').GatewayOptions} [options]
 */
async function gatewayFor(t, options = {}) {
  const chain = options.chain ?? (await createChain({ caKey: 'P-256', serverKey: 'P-256' }));
  const devices = Array.from({ length: 20 }, (_, index) => ({ deviceId: `d${index + 1}` }));
  const gateway = await startGateway({ chain, devices, ...options });
  t.after(() => gateway.close());
  return gateway;
}

/** What a program needs to know of a gateway. */
function environmentOf(gateway, deviceId = 'd1') {
  return { CONNECTION_STRING: gateway.connectionString(deviceId), CA: gateway.rootPem };
}

/**
 * Starts Node. The process is killed with the test, should it still live.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 * @param {Record<string, string>} environment
 */
function start(t, args, environment) {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...environment } });
  t.after(() => child.kill('SIGKILL'));
  const output = { stdout: [], stderr: '' };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => output.stdout.push(line));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  return {
    child,
    ended,
    /** Resolves when the program says that. Rejects if it ends without. */
    said: (words) =>
      new Promise((resolve, reject) => {
        const look = () => output.stdout.includes(words) && resolve(undefined);
        lines.on('line', look);
        ended.then(({ stdout, stderr }) => {
          if (!look()) reject(new Error(`It ended without '${words}': ${stdout.join('\n')}\n${stderr}`));
        });
        look();
      }),
  };
}

/**
 * Runs a text with `client` of d1, which has its options.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').Gateway} gateway
 * @param {string} program
 * @param {string[]} [flags]
 */
function launch(t, gateway, program, flags = []) {
  const prelude = `
    const { Client, Message, Mqtt, NoRetry, connect, errors } = require('edge-downstream');
    const client = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
    client.setOptions({ ca: process.env.CA });
  `;
  return start(t, [...flags, '-e', prelude + program], environmentOf(gateway));
}

module.exports = { environmentOf, gatewayFor, launch, start };
