// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { StepFailed } = require('../../scripts/command');
const { packBoth, packGateway } = require('../../scripts/pack');
const { releaseNotes, withRelease } = require('../../scripts/release/changelog');
const { owner, ownerFaults, ownerFields } = require('../../scripts/release/owner');
const { publish } = require('../../scripts/release/publish');
const { openFaults, packageFaults, releaseFaults } = require('../../scripts/release/readiness');
const { billOfMaterials } = require('../../scripts/release/sbom');
const { tarballsIn } = require('../../scripts/release/tarballs');
const { ROOT, temporaryDirectory } = require('./project');

const OWNER = { repository: 'https://github.com/someone/edge-downstream', contact: 'someone@example.org' };

test('a release is refused while its owner is not named', () => {
  const faults = (/** @type {Partial<typeof OWNER>} */ given) =>
    releaseFaults({ root: ROOT, owner: { ...OWNER, ...given }, tarballs: [] }).filter((fault) =>
      fault.includes('owner.json'),
    );
  assert.deepEqual(faults({}), []);
  for (const repository of [
    '',
    'someone/edge-downstream',
    'https://github.com/someone',
    'https://github.com/a/b.git',
  ]) {
    assert.match(faults({ repository }).join(), /^repository .*it wants https:/, repository);
  }
  for (const contact of ['', 'someone', 'some one@example.org']) {
    assert.match(faults({ contact }).join(), /^contact .*it wants a mail address$/, contact);
  }
});

test('the command that publishes says what stands against it, and ends with an error', () => {
  const script = path.join(ROOT, 'scripts', 'release_publish.js');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  for (const fault of ownerFaults(owner)) assert.ok(stderr.includes(fault), stderr);
  assert.equal(status, stderr === '' ? 0 : 1);
});

test('a dry run excuses what only the owner and npm version can mend, and no fault of the packages', () => {
  const release = { root: ROOT, owner: { repository: '', contact: '' }, tag: 'v98.7.6', tarballs: [] };
  const open = openFaults(release);
  assert.equal(open.filter((fault) => /owner\.json/.test(fault)).length, 2);
  assert.ok(open.some((fault) => fault.startsWith('the tag is v98.7.6')));
  assert.deepEqual(packageFaults(release), ['edge-downstream is not packed: `npm run pack`']);
  assert.deepEqual(releaseFaults(release), [...open, ...packageFaults(release)]);
});

test('a release is refused while a version, a package or its part of the changelog is missing', async (t) => {
  const tarballs = await packed(t);
  const faults = releaseFaults({ root: ROOT, owner: OWNER, tarballs, tag: 'v98.7.6' }).join('\n');
  assert.match(faults, /^the tag is v98\.7\.6, the version /m);
  assert.match(faults, /^edge-downstream-win32-x64-msvc is not packed/m);
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const changelog = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  assert.equal(
    faults.includes(`CHANGELOG.md has no section for ${version}`),
    releaseNotes(changelog, version) === undefined,
  );
  const others = tarballs.map((each) => ({ ...each, manifest: { ...each.manifest, version: '98.7.6' } }));
  const told = releaseFaults({ root: ROOT, owner: OWNER, tarballs: others }).join('\n');
  assert.match(told, /^edge-downstream is packed as 98\.7\.6/m);
});

test('packages of platforms are published before the package, and the gateway last', async (t) => {
  const names = (await packed(t)).map(({ manifest }) => manifest.name);
  assert.match(names[0], /^edge-downstream-(linux|darwin|win32)-/);
  assert.deepEqual(names.slice(1), ['edge-downstream', 'edge-downstream-gateway']);
});

test('a release that broke off goes on, and passes over what is published with the same bytes', async (t) => {
  const { npm, calls } = fakeNpm(t, { 'first@1.0.0': 'sha512-1' });
  await publish([tarball('first', 1), tarball('second', 2), tarball('third', 3, '2.0.0-rc.1')], { npm });
  assert.deepEqual(
    calls().filter(([command]) => command === 'publish'),
    [
      ['publish', 'second.tgz', '--access', 'public', '--tag', 'latest'],
      ['publish', 'third.tgz', '--access', 'public', '--tag', 'next'],
    ],
  );
});

test('a version that is published with other bytes ends the release', async (t) => {
  const { npm, calls } = fakeNpm(t, { 'first@1.0.0': 'sha512-other' });
  await assert.rejects(publish([tarball('first', 1), tarball('second', 2)], { npm }), (error) => {
    assert.ok(error instanceof StepFailed);
    assert.match(error.message, /^first@1\.0\.0 is published with other content/);
    return true;
  });
  assert.ok(calls().every(([command]) => command === 'view'));
});

test('a dry run goes on past a version that is published with other bytes, and publishes nothing', async (t) => {
  const { npm, calls } = fakeNpm(t, { 'first@1.0.0': 'sha512-other' });
  await publish([tarball('first', 1), tarball('second', 2)], { npm, options: ['--dry-run'] });
  const published = calls().filter(([command]) => command === 'publish');
  assert.deepEqual(published, [
    ['publish', 'second.tgz', '--access', 'public', '--tag', 'latest', '--dry-run'],
  ]);
});

test('a registry that does not answer ends the release', async (t) => {
  const { npm, calls } = fakeNpm(t, { 'first@1.0.0': 'E500' });
  await assert.rejects(publish([tarball('first', 1)], { npm }), /does not tell whether first@1\.0\.0/);
  assert.ok(calls().every(([command]) => command === 'view'));
});

test('the bill of materials names each package and crate once, with its hash and licence', async (t) => {
  const tarballs = await packed(t);
  const bill = /** @type {any} */ (billOfMaterials(tarballs));
  const components = [bill.metadata.component, ...bill.components];
  const references = components.map((each) => each['bom-ref']);
  assert.equal(new Set(references).size, references.length);
  for (const { name, purl, hashes, licenses } of components) {
    assert.ok(licenses[0].expression, name);
    // What compilers add is no package.
    if (purl) assert.match(hashes[0].content, /^([0-9a-f]{64}|[0-9a-f]{128})$/, purl);
    else assert.match(name, /^(Rust standard library|LLVM libunwind)/);
  }
  const of = (/** @type {RegExp} */ purl) => references.filter((reference) => purl.test(reference)).length;
  assert.equal(of(/^pkg:npm\//), tarballs.length);
  assert.equal(of(/^pkg:cargo\/(aws-lc-sys|rustls|tokio)@/), 3);
  assert.equal(of(/^pkg:cargo\/(edge-downstream|ring|syn)/), 0);
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const reference of [ref, ...dependsOn]) assert.ok(references.includes(reference), reference);
  }
});

test('manifests name the owner once he is known, and nobody before', () => {
  assert.deepEqual(ownerFields({ repository: '', contact: '' }), {});
  const fields = /** @type {any} */ (ownerFields(OWNER));
  assert.equal(fields.repository.url, 'git+https://github.com/someone/edge-downstream.git');
  assert.equal(fields.bugs.email, 'someone@example.org');
});

test('what has gathered in the changelog becomes the notes of a release', () => {
  const before = '# Changelog\n\n## Unreleased\n\n### Added\n\n- This.\n\n## 1.0.0 - 2026-01-01\n\n- That.\n';
  const after = withRelease(before, '1.1.0', '2026-02-01');
  assert.equal(releaseNotes(after, '1.1.0'), '### Added\n\n- This.');
  assert.equal(releaseNotes(after, '1.0.0'), '- That.');
  assert.equal(releaseNotes(after, '1.0'), undefined);
  assert.throws(() => withRelease(after, '1.2.0', '2026-03-01'), /nothing under "## Unreleased"/);
  assert.throws(() => withRelease(before, '1.0.0', '2026-03-01'), /has a section for 1\.0\.0 already/);
});

test('workflows name actions by digest, with the version behind it', () => {
  const folder = path.join(ROOT, '.github', 'workflows');
  const uses = fs
    .readdirSync(folder)
    .flatMap((name) => fs.readFileSync(path.join(folder, name), 'utf8').match(/uses: .*/g) ?? []);
  assert.ok(uses.length > 0);
  for (const each of uses) assert.match(each, /^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

/** @param {import('node:test').TestContext} t */
async function packed(t) {
  const directory = temporaryDirectory();
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  await packGateway(directory);
  await packBoth(directory);
  return tarballsIn(directory);
}

/**
 * @param {string} name
 * @param {number} integrity
 */
function tarball(name, integrity, version = '1.0.0') {
  return { file: `${name}.tgz`, manifest: { name, version }, integrity: `sha512-${integrity}` };
}

/**
 * An npm that knows what is published, and writes down what it is asked.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} integrities By name and version.
 */
function fakeNpm(t, integrities) {
  const directory = temporaryDirectory();
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const log = path.join(directory, 'log');
  fs.writeFileSync(log, '');
  const script = `
    const args = process.argv.slice(2);
    require('node:fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + '\\n');
    if (args[0] === 'view') {
      const found = ${JSON.stringify(integrities)}[args[1]] ?? 'E404';
      if (found.startsWith('E')) {
        console.error('npm error code ' + found);
        process.exitCode = 1;
      } else console.log(JSON.stringify(found));
    }`;
  const file = path.join(directory, 'npm.js');
  fs.writeFileSync(file, script);
  return {
    npm: /** @type {[string, string[]]} */ ([process.execPath, [file]]),
    calls: () =>
      fs
        .readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}
