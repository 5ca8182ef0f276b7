// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { packBoth, packPlatform } = require('../../scripts/pack');
const { platformPackages } = require('../../scripts/platform_package');
const { limitFaults } = require('../../scripts/release/limits');
const { tarballsIn } = require('../../scripts/release/tarballs');
const { compareVersions, floorFault, glibcNeeded } = require('../../scripts/targets/symbol_versions');
const { addOnOf, TARGETS } = require('../../scripts/targets/targets');
const { ROOT, temporaryDirectory } = require('./project');

/** Elsewhere no add-on asks for a glibc, and nothing need be there that reads those that do. */
const OF_GLIBC = {
  skip:
    !(/** @type {any} */ (process.report.getReport()).header.glibcVersionRuntime) && 'There is no glibc here',
};

const directory = temporaryDirectory();
/** @type {import('../../scripts/release/tarballs').Tarball[]} */
let tarballs;

before(async () => {
  await packBoth(directory);
  tarballs = tarballsIn(directory);
});

after(() => fs.rmSync(directory, { recursive: true, force: true }));

test('what is packed here keeps to all limits but that of glibc, which is the business of --target', () => {
  const faults = limitFaults(tarballs).filter((fault) => !/needs glibc/.test(fault));
  assert.deepEqual(faults, []);
});

test('add-ons that were built with a floor need no newer glibc', OF_GLIBC, (t) => {
  const built = TARGETS.filter((target) => target.glibc && fs.existsSync(addOnOf(target))).filter(
    // `npm run build` alone leaves one for this machine in the same place.
    (target) => !sameBytes(addOnOf(target), hostBuild()),
  );
  t.diagnostic(`looked at ${built.map(({ triple }) => triple).join(', ') || 'none: none is built'}`);
  for (const target of built) {
    assert.equal(floorFault(addOnOf(target), /** @type {string} */ (target.glibc)), undefined, target.triple);
  }
});

test(
  'an add-on that needs a newer glibc is refused, by the name of what builds a fitting one',
  OF_GLIBC,
  () => {
    const needed = /** @type {string} */ (glibcNeeded(hostBuild()));
    assert.match(needed, /^2\.\d+$/);
    assert.equal(floorFault(hostBuild(), needed), undefined);
    assert.equal(floorFault(hostBuild(), '2.1'), `needs glibc ${needed}, and may need 2.1 at most`);
    const told = limitFaults(tarballs).filter((fault) => fault.includes('glibc'));
    const command = '`npm run build -- --target x86_64-unknown-linux-gnu` makes one that fits';
    const fault = `edge-downstream-linux-x64-gnu needs glibc ${needed}, and may need 2.17 at most: ${command}`;
    assert.deepEqual(told, compareVersions(needed, '2.17') > 0 ? [fault] : []);
  },
);

test('an add-on that is too big is refused, and so is too much documentation', async () => {
  const own = path.join(directory, 'too-big');
  fs.mkdirSync(own);
  const big = path.join(directory, 'big.node');
  fs.copyFileSync(hostBuild(), big);
  fs.appendFileSync(big, Buffer.alloc(3_000_000));
  const ours = /** @type {any} */ (platformPackages().find(({ fits }) => fits));
  await packPlatform(ours.folder, own, big);
  const root = tarballs.filter(({ manifest }) => manifest.optionalDependencies);
  const faults = limitFaults([...root, ...tarballsIn(own)]).join('\n');
  assert.match(faults, /^with edge-downstream-\S+ \d+ bytes are installed, of at most 5000000$/m);

  const wordy = withPage(ours, 500_001);
  const told = limitFaults([...root, wordy]).join('\n');
  assert.match(told, /^with edge-downstream-\S+ \d+ bytes are documentation, of at most 500000$/m);
  assert.doesNotMatch(told, /bytes are installed/);
});

test('what is no ELF file is told so, cut off anywhere or not one at all', OF_GLIBC, () => {
  const whole = fs.readFileSync(hostBuild());
  const file = path.join(directory, 'cut.node');
  const needed = glibcNeeded(hostBuild());
  for (const share of [0, 0.00001, 0.001, 0.1, 0.5, 0.9]) {
    fs.writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
    // Never a lower need than that of the whole file: half a file must not pass for one that fits.
    assert.throws(() => assert.equal(glibcNeeded(file), needed, String(share)), /cut\.node/);
  }
});

test('versions are compared by number', () => {
  assert.ok(compareVersions('2.9', '2.17') < 0);
  assert.ok(compareVersions('2.17', '2.2.5') > 0);
  assert.equal(compareVersions('2.17', '2.17'), 0);
  assert.ok(compareVersions('2.3', '2.3.4') < 0);
});

/**
 * @param {{ folder: string }} ours
 * @param {number} length Of its README.
 * @returns {import('../../scripts/release/tarballs').Tarball} The package of this platform.
 */
function withPage({ folder }, length) {
  const parent = fs.mkdtempSync(path.join(directory, 'wordy-'));
  const inside = path.join(parent, 'package');
  fs.mkdirSync(inside);
  fs.copyFileSync(path.join(folder, 'package.json'), path.join(inside, 'package.json'));
  const manifest = JSON.parse(fs.readFileSync(path.join(inside, 'package.json'), 'utf8'));
  fs.copyFileSync(hostBuild(), path.join(inside, manifest.main));
  fs.writeFileSync(path.join(inside, 'README.md'), Buffer.alloc(length, 'x'));
  execFileSync('tar', ['-czf', 'wordy.tgz', 'package'], { cwd: parent });
  return { file: path.join(parent, 'wordy.tgz'), manifest, integrity: 'sha512-' };
}

function hostBuild() {
  const { main } = /** @type {any} */ (platformPackages().find(({ fits }) => fits));
  return path.join(ROOT, 'lib', 'native', main);
}

/**
 * @param {string} one
 * @param {string} other
 */
function sameBytes(one, other) {
  return fs.readFileSync(one).equals(fs.readFileSync(other));
}
