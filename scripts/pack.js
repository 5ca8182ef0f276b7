// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { environment, main, npm, ROOT } = require('./command');
const { platformPackages } = require('./platform_package');

/** What only a checkout needs of the manifest. */
const DEVELOPMENT_ONLY = ['devDependencies', 'napi', 'scripts', 'workspaces'];

/**
 * Packs the package as it is published. The manifest in git names no platform package, or a fresh clone would ask the
 * registry for them; the packed one names them all, at exactly its own version.
 *
 * @param {string} directory For the tarball.
 * @returns {string} Its path.
 */
function packRoot(directory) {
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
      if (entry.startsWith('!')) continue;
      fs.cpSync(path.join(ROOT, entry), path.join(stage, entry), { recursive: true });
    }
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

/** Packs the package, those of the platforms whose add-on is there, and the gateway. */
function packAll() {
  const directory = path.join(ROOT, '.cache', 'packages');
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const built = platformPackages().filter(({ folder, main: addOn }) =>
    fs.existsSync(path.join(folder, addOn)),
  );
  for (const { folder } of built) console.log(pack(folder, directory));
  console.log(packRoot(directory));
  console.log(pack(path.join(ROOT, 'gateway'), directory));
}

if (require.main === module) main(packAll);

module.exports = { pack, packAll, packRoot };
