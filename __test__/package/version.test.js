// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { environment, npm } = require('../../scripts/command');
const { releaseNotes } = require('../../scripts/release/changelog');
const { versionsOf } = require('../../scripts/release/version');
const { ROOT, temporaryDirectory } = require('./project');

test('the version is the same wherever it stands', () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  for (const { file, versions } of versionsOf(ROOT)) {
    assert.ok(versions.length > 0, `no version is found in ${file}`);
    assert.deepEqual([...new Set(versions)], [version], file);
  }
});

test('npm version moves Cargo, root, platform packages, gateway and changelog together, in one commit', (t) => {
  const { copy, git } = checkout(t);
  const [command, args] = npm(['version', '98.7.6-rc.1']);
  execFileSync(command, args, { cwd: copy, env: identified, stdio: 'pipe' });

  const found = versionsOf(copy);
  assert.equal(found.length, versionsOf(ROOT).length);
  for (const { file, versions } of found) assert.deepEqual([...new Set(versions)], ['98.7.6-rc.1'], file);
  assert.equal(git(['status', '--porcelain']), '');
  assert.equal(git(['describe', '--tags', '--exact-match']), 'v98.7.6-rc.1');

  // Cargo agrees with what was written into its lock.
  const metadata = execFileSync('cargo', ['metadata', '--format-version=1', '--locked', '--offline'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const members = JSON.parse(metadata).packages.filter((/** @type {any} */ { source }) => source === null);
  assert.ok(members.length >= 2);
  for (const { name, version } of members) assert.equal(version, '98.7.6-rc.1', name);

  // Only versions changed: a file that was laid out anew would show more.
  const changed = git(['diff', '--unified=0', 'HEAD~1', '--', ':!CHANGELOG.md']);
  for (const line of changed.split('\n')) {
    if (/^[+-][^+-]/.test(line)) assert.match(line, /\d\.\d\.\d|98\.7\.6/);
  }

  const gathered = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  const notes = releaseNotes(fs.readFileSync(path.join(copy, 'CHANGELOG.md'), 'utf8'), '98.7.6-rc.1');
  assert.ok(notes && gathered.includes(notes));
});

test('npm version refuses a release that the changelog says nothing of, and changes nothing', (t) => {
  const { copy, git } = checkout(t);
  fs.writeFileSync(path.join(copy, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n');
  git(['commit', '--quiet', '--all', '--message', 'Nothing new']);
  const [command, args] = npm(['version', '98.7.6']);
  assert.throws(
    () => execFileSync(command, args, { cwd: copy, env: identified, stdio: 'pipe', encoding: 'utf8' }),
    /CHANGELOG\.md has nothing under/,
  );
  assert.equal(git(['status', '--porcelain']), '');
  assert.equal(git(['tag']), '');
});

const identified = {
  ...environment,
  ...{ GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@localhost' },
  ...{ GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@localhost', GIT_CONFIG_GLOBAL: '/dev/null' },
};

/**
 * A repository of its own with all files as they are here.
 *
 * @param {import('node:test').TestContext} t
 */
function checkout(t) {
  const copy = temporaryDirectory();
  t.after(() => fs.rmSync(copy, { recursive: true, force: true }));
  /** @param {string[]} args @param {string} [cwd] */
  const git = (args, cwd = copy) =>
    execFileSync('git', args, { cwd, env: identified, encoding: 'utf8', maxBuffer: 2 ** 26 }).trim();
  const listed = git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT).split('\0');
  for (const name of listed) {
    if (name && fs.existsSync(path.join(ROOT, name)))
      fs.cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  }
  git(['init', '--quiet']);
  git(['add', '--all']);
  git(['commit', '--quiet', '--message', 'As it is']);
  return { copy, git };
}
