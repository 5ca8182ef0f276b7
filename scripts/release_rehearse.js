// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { environment, main, ROOT, StepFailed } = require('./command');
const { fetched } = require('./fetched');
const { packAll, packPlatform } = require('./pack');
const { ADD_ONS, platformPackage, platformPackages } = require('./platform_package');
const { differences, folderHashes, packedHashes, sha256 } = require('./release/contents');
const { installElsewhere, systemsFor } = require('./release/elsewhere');
const { EmptyProject } = require('./release/empty_project');
const { INSTALLERS } = require('./release/installers');
const { publish } = require('./release/publish');
const { startRegistry } = require('./release/registry');
const { tarballsIn } = require('./release/tarballs');
const { ensureBuilt, ensureInstalled } = require('./setup');

/** @typedef {import('./release/tarballs').Tarball} Tarball */

const NAMES = ['edge-downstream', 'edge-downstream-gateway'];

/**
 * A release from beginning to end, on this machine alone: build, pack, publish to a registry on loopback, install from it by
 * everything that installs packages, send the ten lines of the README, and compare what is installed with what was built.
 * With `--as-built` nothing is built: the add-ons that lie in `npm/` are it.
 */
main(async () => {
  const host = platformPackage();
  if (!host) throw new StepFailed(`npm/ has no package for ${process.platform}-${process.arch}`);
  const ways = [path.join(ADD_ONS, host.main), path.join(host.folder, host.main)];
  ensureInstalled();
  if (process.argv.includes('--as-built')) ways.reverse();
  else ensureBuilt();
  const [addOn, copy] = ways;
  // A new file: a process may still run the old.
  fs.rmSync(copy, { force: true });
  fs.copyFileSync(addOn, copy);
  for (const { list } of INSTALLERS) fetched(list);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-rehearsal-'));
  try {
    console.log('\nPacking');
    await packAll();
    const real = tarballsIn(path.join(ROOT, '.cache', 'packages'));
    if (packedHashes(packageOf(real, host.name).file)[host.main] !== sha256(addOn)) {
      throw new StepFailed(`${host.main} is packed with other bytes than ${addOn}`);
    }
    const rows = await rehearse(directory, real, host.name);
    console.table(Object.fromEntries(rows.map(({ installer, ...row }) => [installer, row])));
    if (rows.some(({ result }) => result !== 'ok')) throw new StepFailed('Not everybody gets what was built');
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
});

/**
 * @param {string} directory Thrown away.
 * @param {Tarball[]} real
 * @param {string} platform The package of this machine.
 */
async function rehearse(directory, real, platform) {
  const standIns = await packStandIns(path.join(directory, 'stand-ins'), real);
  const registry = await startRegistry(fetched('registry'), path.join(directory, 'registry'));
  try {
    console.log(`\nPublishing to ${registry.url}`);
    const settings = path.join(directory, 'npmrc');
    const login = `${registry.url.replace('http:', '')}:_authToken=${registry.token}`;
    fs.writeFileSync(settings, `registry=${registry.url}\n${login}\n`);
    await publish([...standIns, ...real], {
      npm: [process.execPath, [path.join(fetched('npm'), 'npm', 'bin', 'npm-cli.js')]],
      options: ['--ignore-scripts'],
      env: {
        ...environment,
        npm_config_userconfig: settings,
        npm_config_cache: path.join(directory, 'cache'),
      },
    });
    const wanted = [...NAMES, platform].map((name) => packageOf(real, name));
    const rows = [];
    for (const [index, installer] of INSTALLERS.entries()) {
      const project = new EmptyProject(path.join(directory, String(index)), registry.url, installer);
      rows.push(await row(installer.name, () => install(project, wanted, platform)));
    }
    for (const { system, tarball } of systemsFor(real, platform)) {
      const name = `npm, for ${system.label}`;
      rows.push(await row(name, () => installFor(system, tarball, registry.url)));
    }
    return rows;
  } finally {
    await registry.close();
  }
}

/**
 * @param {string} installer
 * @param {() => Promise<void>} step Rejects with what is wrong.
 */
async function row(installer, step) {
  console.log(`\nInstalling by ${installer}`);
  const started = Date.now();
  let result = 'ok';
  try {
    await step();
  } catch (/** @type {any} */ error) {
    console.error(error.message, error.stdout ?? '');
    [result] = error.message.split('\n', 1);
  }
  return { installer, result, seconds: Math.round((Date.now() - started) / 1000) };
}

/**
 * @param {EmptyProject} project
 * @param {Tarball[]} wanted
 * @param {string} platform
 */
async function install(project, wanted, platform) {
  await project.add(NAMES);
  arrived(await project.sendOne());
  const found = await project.hashes(platform);
  for (const tarball of wanted) asPacked(tarball, found[tarball.manifest.name]);
}

/**
 * @param {import('./platforms/systems').System} system
 * @param {Tarball} tarball
 * @param {string} registry
 */
async function installFor(system, tarball, registry) {
  const { body, folder, close } = await installElsewhere(system, tarball, registry);
  try {
    arrived(body);
    asPacked(tarball, folderHashes(folder));
  } finally {
    await close();
  }
}

/** @param {string} body What the ten lines send, if all is well. */
function arrived(body) {
  if (body !== '{"temperature":21}') throw new Error(`the gateway got ${body}`);
}

/**
 * @param {Tarball} tarball
 * @param {Record<string, string>} found
 */
function asPacked({ file, manifest }, found) {
  const wrong = differences(packedHashes(file), found);
  if (wrong.length > 0) throw new Error(`${manifest.name} is other than packed: ${wrong.join(', ')}`);
}

/**
 * Platforms whose add-on is not there have packages without one: who installs asks for the manifests of all.
 *
 * @param {string} directory
 * @param {Tarball[]} real
 */
async function packStandIns(directory, real) {
  fs.mkdirSync(directory);
  const missing = platformPackages().filter(
    ({ name }) => !real.some(({ manifest }) => manifest.name === name),
  );
  for (const { folder } of missing) await packPlatform(folder, directory);
  if (missing.length > 0) {
    console.log(`Without add-on, as none is built: ${missing.map(({ name }) => name).join(', ')}`);
  }
  return tarballsIn(directory);
}

/** @param {Tarball[]} tarballs @param {string} name */
function packageOf(tarballs, name) {
  const found = tarballs.find(({ manifest }) => manifest.name === name);
  if (!found) throw new StepFailed(`${name} is not packed`);
  return found;
}
