// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { bundleInto } = require('./bundle');
const { environment, main, npm, ROOT, StepFailed } = require('./command');
const { ADD_ONS, platformPackage, platformPackages } = require('./platform_package');

/** What only a checkout needs of the manifest. */
const DEVELOPMENT_ONLY = ['devDependencies', 'napi', 'scripts', 'workspaces'];

/** What goes into the package as bundles. */
const BUNDLED = ['index.js', 'index.d.ts', 'lib'];

/**
 * Packs the package as it is published: its modules bundled, and every platform package named in its manifest, at
 * exactly its own version. In git the manifest names none, or a fresh clone would ask the registry for them.
 *
 * @param {string} directory For the tarball.
 * @returns {Promise<string>} Its path.
 */
async function packRoot(directory) {
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-pack-'));
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    for (const key of DEVELOPMENT_ONLY) delete manifest[key];
    manifest.optionalDependencies = Object.fromEntries(
      platformPackages().map(({ name }) => [name, manifest.version]),
    );
    fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
    // npm picks from these by `files`; README and LICENSE it takes anyway.
    for (const entry of ['README.md', 'LICENSE', ...manifest.files]) {
      if (entry.startsWith('!') || BUNDLED.includes(entry)) continue;
      fs.cpSync(path.join(ROOT, entry), path.join(stage, entry), { recursive: true });
    }
    await bundleInto(stage);
    return pack(stage, directory);
  } finally {
    fs.rmSync(stage, { recursive: true });
  }
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
  const folder = path.join(directory, 'platform');
  fs.cpSync(platform.folder, folder, { recursive: true });
  fs.copyFileSync(path.join(ADD_ONS, platform.main), path.join(folder, platform.main));
  return { root: await packRoot(directory), platform: pack(folder, directory), platformName: platform.name };
}

/** Packs the package, those of the platforms whose add-on is there, and the gateway. */
async function packAll() {
  const directory = path.join(ROOT, '.cache', 'packages');
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const built = platformPackages().filter(({ folder, main: addOn }) =>
    fs.existsSync(path.join(folder, addOn)),
  );
  for (const { folder } of built) console.log(pack(folder, directory));
  console.log(await packRoot(directory));
  console.log(pack(path.join(ROOT, 'gateway'), directory));
}

if (require.main === module) main(packAll);

module.exports = { pack, packAll, packBoth, packRoot };
