// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { main, ROOT, run, StepFailed } = require('../command');
const { withRelease } = require('./changelog');
const { writeVersion } = require('./version');

const CHANGELOG = path.join(ROOT, 'CHANGELOG.md');

/**
 * What `npm version` runs: before its change of package.json with `--check`, which refuses what could not be done; then
 * before its commit. All other places move with package.json, and what has gathered in CHANGELOG.md becomes the section of
 * the new version.
 */
main(() => {
  const version = process.env.npm_new_version;
  if (!version) throw new StepFailed('This is a step of `npm version`, which tells it the new version');
  const today = new Date().toISOString().slice(0, 10);
  const changelog = withRelease(fs.readFileSync(CHANGELOG, 'utf8'), version, today);
  if (process.argv.includes('--check')) return;
  fs.writeFileSync(CHANGELOG, changelog);
  const files = writeVersion(ROOT, version);
  // Where there is no repository npm makes no commit.
  const inGit = spawnSync('git', ['rev-parse', '--is-inside-work-tree'], { cwd: ROOT }).status === 0;
  if (inGit) run('git', ['add', '--', 'CHANGELOG.md', ...files]);
});
