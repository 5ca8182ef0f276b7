// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { environment, main, ROOT, run, StepFailed } = require('./command');
const { fetched } = require('./fetched');
const { SUITE } = require('./node_test');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { testFiles } = require('./test_files');

const LOGS = path.join(ROOT, '.cache', 'runtimes');
/** Their packages are those of Linux on x64 with glibc. */
const HERE = process.platform === 'linux' && process.arch === 'x64';

/**
 * The whole suite in JavaScript on every Node that is supported, then the smoke tests of other runtimes. With words behind
 * it, only the Nodes named so: `npm run test:runtimes -- 22 26`.
 */
main(() => {
  if (!HERE)
    throw new StepFailed(
      'The runtimes come as packages for Linux on x64; elsewhere `npm test` runs on the Node that is there',
    );
  const words = process.argv.slice(2);
  ensureInstalled();
  ensureBuilt();
  const modules = fetched('nodes');
  const nodes = fs
    .readdirSync(modules)
    .filter((name) => name.startsWith('node-') && (words.length === 0 || words.includes(name.slice(5))));
  if (nodes.length === 0 && words.length > 0)
    throw new StepFailed(`scripts/fetched/nodes has no Node ${words.join(' or ')}`);

  const rows = nodes.map((name) => suite(path.join(modules, name, 'bin')));
  console.table(Object.fromEntries(rows.map(({ node, ...row }) => [node, row])));
  if (words.length === 0) {
    run(process.execPath, ['--test', '--test-reporter=spec', '__test__/long/other_runtimes.long.js']);
  }
  if (rows.some(({ result }) => result !== 'ok')) throw new StepFailed('Not every Node passes');
});

/**
 * @param {string} bin The folder of a `node`, which all that the tests start by that name means, too.
 */
function suite(bin) {
  const node = path.join(bin, 'node');
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const log = path.join(LOGS, `${version}.tap`);
  fs.mkdirSync(LOGS, { recursive: true });
  console.log(`\nNode ${version}; its words stand in ${path.relative(ROOT, log)}`);
  const started = Date.now();
  const { status, signal } = spawnSync(
    node,
    [
      ...SUITE,
      ...['--test-reporter=dot', '--test-reporter-destination=stdout'],
      ...['--test-reporter=tap', `--test-reporter-destination=${log}`],
      ...testFiles(),
    ],
    { cwd: ROOT, env: { ...environment, PATH: bin + path.delimiter + environment.PATH }, stdio: 'inherit' },
  );
  const words = fs.readFileSync(log, 'utf8');
  const failed = Array.from(words.matchAll(/^ *not ok \d+ - (.*)$/gm), ([, name]) => name);
  for (const name of failed) console.log(`not ok: ${name}`);
  return {
    node: version,
    passed: count(words, 'pass'),
    failed: count(words, 'fail'),
    skipped: count(words, 'skipped'),
    seconds: Math.round((Date.now() - started) / 1000),
    result: status === 0 ? 'ok' : `ended with ${signal ?? status}`,
  };
}

/** @param {string} tap @param {string} what */
function count(tap, what) {
  return Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1] ?? NaN);
}
