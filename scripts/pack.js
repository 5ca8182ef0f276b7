// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { bundleInto } = require('./bundle');
const { environment, main, npm, ROOT, StepFailed } = require('./command');
const { limitFaults } = require('./release/limits');
const { owner, ownerFields } = require('./release/owner');
const { tarballsIn } = require('./release/tarballs');
const { thirdPartyLicenses } = require('./release/third_party');
const { ADD_ONS, platformPackage, platformPackages } = require('./platform_package');

/** What only a checkout needs of a manifest. */
const DEVELOPMENT_ONLY = ['devDependencies', 'napi', 'scripts', 'workspaces'];

/** Goes with each add-on. */
const THIRD_PARTY = 'THIRD_PARTY_LICENSES';

/** What goes into the package as bundles. */
const BUNDLED = ['index.js', 'index.d.ts', 'lib'];

/**
 * Packs the package as it is published: its modules bundled, and every platform package named in its manifest, at
 * exactly its own version. In git the manifest names none, or a fresh clone would ask the registry for them.
 *
 * @param {string} directory For the tarball.
 * @returns {Promise<string>} Its path.
 */
function packRoot(directory) {
  return staged(directory, async (stage) => {
    const manifest = readManifest(ROOT);
    manifest.optionalDependencies = Object.fromEntries(
      platformPackages().map(({ name }) => [name, manifest.version]),
    );
    // npm picks from these by `files`; README and LICENSE it takes anyway.
    for (const entry of ['README.md', 'LICENSE', ...manifest.files]) {
      if (entry.startsWith('!') || BUNDLED.includes(entry)) continue;
      fs.cpSync(path.join(ROOT, entry), path.join(stage, entry), { recursive: true });
    }
    await bundleInto(stage);
    return manifest;
  });
}

/**
 * Packs the package of a platform.
 *
 * @param {string} folder
 * @param {string} directory For the tarball.
 * @param {string} [addOn] Another than the one that lies in the folder.
 * @returns {Promise<string>} Its path.
 */
function packPlatform(folder, directory, addOn) {
  return staged(directory, (stage) => {
    fs.cpSync(folder, stage, { recursive: true });
    fs.copyFileSync(path.join(ROOT, 'LICENSE'), path.join(stage, 'LICENSE'));
    fs.writeFileSync(path.join(stage, THIRD_PARTY), thirdPartyLicenses());
    const manifest = readManifest(folder);
    if (addOn) fs.copyFileSync(addOn, path.join(stage, manifest.main));
    return { ...manifest, files: [...manifest.files, THIRD_PARTY] };
  });
}

/**
 * @param {string} directory For the tarball.
 * @returns {Promise<string>} Its path.
 */
function packGateway(directory) {
  const folder = path.join(ROOT, 'gateway');
  return staged(directory, (stage) => {
    const filter = (/** @type {string} */ file) => path.basename(file) !== 'node_modules';
    fs.cpSync(folder, stage, { recursive: true, filter });
    return readManifest(folder);
  });
}

/**
 * @param {string} directory For the tarball.
 * @param {(stage: string) => any} fill Puts files into the folder, and gives the manifest.
 * @returns {Promise<string>} The path of the tarball.
 */
async function staged(directory, fill) {
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-pack-'));
  try {
    const manifest = { ...(await fill(stage)), ...ownerFields(owner) };
    for (const key of DEVELOPMENT_ONLY) delete manifest[key];
    fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
    return pack(stage, directory);
  } finally {
    fs.rmSync(stage, { recursive: true });
  }
}

/** @param {string} folder */
function readManifest(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/**
 * @param {string} folder With a `package.json`.
 * @param {string} directory For the tarball.
 * @returns {string} Its path.
 */
function pack(folder, directory) {
  const [command, args] = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', directory]);
  const output = execFileSync(command, args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // An array up to npm 11, an object by package name in later ones.
  const [{ filename }] = Object.values(JSON.parse(output));
  return path.join(directory, path.basename(filename));
}

/**
 * Packs the package and the one of this machine, with the add-on of the last build.
 *
 * @param {string} directory For the tarballs.
 */
async function packBoth(directory) {
  const platform = platformPackage();
  if (!platform) throw new StepFailed(`npm/ has no package for ${process.platform}-${process.arch}`);
  const addOn = path.join(ADD_ONS, platform.main);
  return {
    root: await packRoot(directory),
    platform: await packPlatform(platform.folder, directory, addOn),
    platformName: platform.name,
  };
}

/**
 * Packs the package, those of the platforms whose add-on is there, and the gateway.
 *
 * @returns {Promise<string>} The folder of the tarballs.
 */
async function packAll() {
  const directory = path.join(ROOT, '.cache', 'packages');
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const built = platformPackages().filter(({ folder, main: addOn }) =>
    fs.existsSync(path.join(folder, addOn)),
  );
  for (const { folder } of built) console.log(await packPlatform(folder, directory));
  console.log(await packRoot(directory));
  console.log(await packGateway(directory));
  return directory;
}

/** Packs for publishing. What nobody may get is not left lying about. */
async function packForRelease() {
  const directory = await packAll();
  const faults = limitFaults(tarballsIn(directory));
  if (faults.length === 0) return;
  fs.rmSync(directory, { recursive: true });
  throw new StepFailed(`Nothing is packed:\n${faults.join('\n')}`);
}

if (require.main === module) main(packForRelease);

module.exports = { packAll, packBoth, packGateway, packPlatform, packRoot };
