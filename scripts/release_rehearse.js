// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { environment, main, ROOT, StepFailed } = require('./command');
const { fetched } = require('./fetched');
const { packAll, packPlatform } = require('./pack');
const { ADD_ONS, platformPackage, platformPackages } = require('./platform_package');
const { differences, packedHashes, sha256 } = require('./release/contents');
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
      console.log(`\nInstalling by ${installer.name}`);
      const started = Date.now();
      const project = new EmptyProject(path.join(directory, String(index)), registry.url, installer);
      const result = await install(project, wanted, platform).catch(
        (error) => `${error.message} ${error.stdout ?? ''}`,
      );
      if (result !== 'ok') console.error(result);
      const seconds = Math.round((Date.now() - started) / 1000);
      rows.push({ installer: installer.name, result: result.split('\n', 1)[0], seconds });
    }
    return rows;
  } finally {
    await registry.close();
  }
}

/**
 * @param {EmptyProject} project
 * @param {Tarball[]} wanted
 * @param {string} platform
 * @returns {Promise<string>} `ok`, or what is wrong.
 */
async function install(project, wanted, platform) {
  await project.add(NAMES);
  const body = await project.sendOne();
  if (body !== '{"temperature":21}') return `the gateway got ${body}`;
  const found = await project.hashes(platform);
  const wrong = wanted.flatMap(({ file, manifest: { name } }) =>
    differences(packedHashes(file), found[name]).map((each) => `${name}/${each}`),
  );
  return wrong.length === 0 ? 'ok' : `other than packed: ${wrong.join(', ')}`;
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
