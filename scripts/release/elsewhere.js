// @ts-check
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { createChain, startGateway } = require('../../gateway');
const { environment } = require('../command');
const { fetched } = require('../fetched');
const { Machine } = require('../platforms/machine');
const { SYSTEMS } = require('../platforms/systems');
const { TARGETS } = require('../targets/targets');
const { tenLines } = require('./ten_lines');

/**
 * Other platforms than this one: npm is told what machine it installs for, and the program runs in a system of that kind.
 *
 * @typedef {import('../platforms/systems').System} System
 */

/**
 * @param {import('./tarballs').Tarball[]} real
 * @param {string} here The package of this machine.
 * @returns {{ system: System, tarball: import('./tarballs').Tarball }[]} Where something was built for, and can be run.
 */
function systemsFor(real, here) {
  return SYSTEMS.flatMap((system) => {
    const target = TARGETS.find(({ triple }) => triple === system.triple);
    const tarball = real.find(({ manifest }) => manifest.name === `edge-downstream-${target?.platform}`);
    return tarball && tarball.manifest.name !== here && !target?.standIn ? [{ system, tarball }] : [];
  });
}

/**
 * @param {System} system
 * @param {import('./tarballs').Tarball} tarball
 * @param {string} registry
 * @returns {Promise<{ body: string, folder: string, close: () => Promise<void> }>} What the gateway got, and where the
 *   package of the platform is installed.
 */
async function installElsewhere(system, { manifest }, registry) {
  const machine = new Machine(system);
  const gateway = await startGateway({
    chain: await createChain({ host: 'localhost' }),
    devices: [{ deviceId: 'installed' }],
  });
  try {
    await machine.boot();
    const npm = path.join(fetched('npm'), 'npm', 'bin', 'npm-cli.js');
    const { os, cpu, libc } = manifest;
    await promisify(execFile)(
      process.execPath,
      [
        ...[npm, 'install', 'edge-downstream', '--no-audit', '--no-fund', '--registry', registry],
        ...[`--os=${os[0]}`, `--cpu=${cpu[0]}`, ...(libc ? [`--libc=${libc[0]}`] : [])],
      ],
      { cwd: machine.app, env: { ...environment, npm_config_cache: path.join(machine.app, 'cache') } },
    );
    fs.writeFileSync(path.join(machine.app, 'root.pem'), gateway.rootPem);
    fs.writeFileSync(path.join(machine.app, 'ten_lines.cjs'), tenLines());
    const { code, stderr } = await machine.node(['ten_lines.cjs'], {
      IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString('installed'),
      PATH_TO_EDGE_CA_CERT: 'root.pem',
    });
    if (code !== 0) throw new Error(`the ten lines ended with ${code}: ${stderr}`);
    const [{ body }] = await gateway.waitForMessages(1, { timeoutMs: 10_000 });
    const folder = path.join(machine.app, 'node_modules', manifest.name);
    return { body: String(body), folder, close: () => machine.close() };
  } catch (error) {
    await machine.close();
    throw error;
  } finally {
    await gateway.close();
  }
}

module.exports = { installElsewhere, systemsFor };
