// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { ROOT } = require('../command');

/**
 * The example as a process of its own: a script for azure-iot-device, which `register` leads here.
 *
 * @param {{ connectionString: string, rootFile: string, args: string[], print: (line: string) => void }} options
 * @returns {{ child: import('node:child_process').ChildProcess, ended: Promise<string | undefined> }} `ended` tells
 *   how, if not well.
 */
function startDevice({ connectionString, rootFile, args, print }) {
  const register = path.join(ROOT, 'lib', 'compat', 'register.js');
  const script = path.join(ROOT, 'examples', 'edge_downstream_device.js');
  const child = spawn(process.execPath, ['-r', register, script, ...args], {
    env: {
      ...process.env,
      IOTHUB_DEVICE_CONNECTION_STRING: connectionString,
      PATH_TO_EDGE_CA_CERT: rootFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) readline.createInterface(stream).on('line', print);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `exit code ${code ?? signal}`));
  });
  return { child, ended };
}

module.exports = { startDevice };
