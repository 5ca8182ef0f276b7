// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { SETS } = require('../../scripts/toolchains/sets');
const { SYSTEMS } = require('../../scripts/platforms/systems');
const { TARGETS } = require('../../scripts/targets/targets');
const { ROOT, temporaryDirectory } = require('./project');

const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'scripts', 'toolchains', 'lock.json'), 'utf8'));

test('the lock has a file and a hash for all that is fetched, and nothing else', () => {
  const { identifier } = require('../../scripts/toolchains/fetch');
  const wanted = Object.values(SETS).flatMap((set) => set.map(identifier));
  assert.deepEqual(Object.keys(lock), [...new Set(wanted)].sort());
  for (const [name, { version, file, sha256 }] of Object.entries(lock)) {
    assert.ok(version && file, name);
    assert.match(sha256, /^[0-9a-f]{64}$/, name);
  }
  for (const { version, name, registry } of Object.values(SETS).flat()) {
    if (!version) continue;
    const locked = Object.entries(lock).find(([key]) => key.startsWith(registry) && key.endsWith(name));
    assert.equal(locked?.[1].version, version, name);
  }
});

test('every target has a system to be run in', () => {
  assert.deepEqual(
    SYSTEMS.map(({ triple }) => triple),
    TARGETS.map(({ triple }) => triple),
  );
  for (const { set, triple } of SYSTEMS) assert.ok(set in SETS, triple);
});

const POSIX = { skip: process.platform === 'win32' && 'Debian has no packages for Windows' };

test('what a registry gives is refused unless it is what was locked', POSIX, (t) => {
  const directory = temporaryDirectory();
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const [{ file }] = Object.entries(lock)
    .filter(([name]) => name.endsWith(' qemu-user'))
    .map(([, locked]) => locked);
  const program = path.join(directory, 'apt-get');
  fs.writeFileSync(program, `#!/bin/sh\ncase "$*" in *download*) echo other > '${file}';; esac\n`, {
    mode: 0o755,
  });
  const fetch = path.join(ROOT, 'scripts', 'toolchains', 'fetch.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['-e', `require(${JSON.stringify(fetch)}).ensureSet('qemu')`],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: directory + path.delimiter + process.env.PATH,
        EDGE_DOWNSTREAM_CACHE: path.join(directory, 'cache'),
      },
    },
  );
  assert.equal(status, 1);
  assert.match(stderr, /qemu-user\S* has another hash than scripts\/toolchains\/lock\.json/);
  assert.ok(!fs.existsSync(path.join(directory, 'cache', 'toolchains', 'qemu')));
});

test('a target that nobody knows is told so, with those that are known', () => {
  const build = path.join(ROOT, 'scripts', 'build.js');
  const { status, stderr } = spawnSync(process.execPath, [build, '--target', 'riscv64gc-unknown-linux-gnu'], {
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /^There is no way to build for riscv64gc-unknown-linux-gnu here\. Known are x86_64-/m);
});
