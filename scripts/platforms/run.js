// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain, startGateway } = require('../../gateway');
const { run, StepFailed } = require('../command');
const { packPlatform, packRoot } = require('../pack');
const { platformPackage } = require('../platform_package');
const { addOnOf, packageOf, TARGETS } = require('../targets/targets');
const { CHECKS } = require('./checks');
const { Here } = require('./here');
const { Machine, requireNamespaces } = require('./machine');
const { show, writeTable } = require('./report');
const { SYSTEMS } = require('./systems');

/** The triple of Rust for what is built on its own system alone, by the package in `npm/`. */
const OWN_TRIPLES = /** @type {Record<string, string>} */ ({
  'win32-x64-msvc': 'x86_64-pc-windows-msvc',
  'win32-arm64-msvc': 'aarch64-pc-windows-msvc',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
});

/**
 * What was built for other systems, on them.
 *
 * @param {string[]} words Only targets whose names contain one of them; all without.
 * @throws {StepFailed} Something failed, or with `CI` set was not built.
 */
async function examinePlatforms(words) {
  requireNamespaces();
  const systems = SYSTEMS.filter(
    ({ triple }) => words.length === 0 || words.some((word) => triple.includes(word)),
  );
  if (systems.length === 0) throw new StepFailed(`No target has a name with ${words.join(' or ')} in it`);
  await withPackage(async (root) => {
    const rows = [];
    for (const system of systems) {
      const target = TARGETS.find((each) => each.triple === system.triple);
      if (!target) throw new Error(`${system.triple} is no target`);
      const subject = { ...system, platform: target.platform, addOn: addOnOf(target), checks: CHECKS };
      rows.push(await examine(subject, root, () => new Machine(system)));
    }
    writeTable(rows);
    conclude(rows);
  });
}

/** What was built on this machine, on it; only of a system that nothing else can be there is a row in the page. */
async function examineHere() {
  const host = platformPackage();
  if (!host) throw new StepFailed(`npm/ has no package for ${process.platform}-${process.arch}`);
  const platform = host.name.replace('edge-downstream-', '');
  const { 'roots of the system': _untouched, ...checks } = CHECKS;
  const subject = {
    ...{ triple: OWN_TRIPLES[platform] ?? platform, platform, checks },
    label: `${os.type()} ${os.release()}, its store of roots left alone`,
    addOn: path.join(host.folder, host.main),
  };
  await withPackage(async (root) => {
    const row = await examine(subject, root, () => new Here());
    if (OWN_TRIPLES[platform]) writeTable([row]);
    conclude([row]);
  });
}

/** @param {(root: string) => Promise<void>} examination Gets the tarball of the package. */
async function withPackage(examination) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-packed-'));
  try {
    await examination(await packRoot(directory));
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** @param {import('./report').Row[]} rows */
function conclude(rows) {
  console.log(`\n${show(rows)}`);
  const bad = rows.filter(({ failures, size }) => failures.length > 0 || (process.env.CI && !size));
  if (bad.length > 0) throw new StepFailed(`Not in order: ${bad.map(({ triple }) => triple).join(', ')}`);
}

/**
 * What is examined.
 *
 * @typedef {object} Subject
 * @property {string} triple
 * @property {string} label What runs it.
 * @property {string} platform As the package in `npm/` is named.
 * @property {string} addOn
 * @property {Partial<typeof CHECKS>} checks
 */

/**
 * @param {Subject} subject
 * @param {string} root The tarball of the package.
 * @param {() => Machine | Here} machineFor
 * @returns {Promise<import('./report').Row>}
 */
async function examine({ triple, label, platform, addOn, checks }, root, machineFor) {
  console.log(`\n${triple} on ${label}`);
  const row = { triple, label, date: new Date(), node: '', size: 0, seconds: 0, failures: [] };
  if (!fs.existsSync(addOn)) {
    console.log(`  not built: npm run build -- --target ${triple}`);
    return row;
  }
  const machine = machineFor();
  const started = performance.now();
  const gateway = await startGateway({ chain: await createChain({ host: 'localhost' }), keep: Infinity });
  try {
    await machine.boot();
    await install(machine, root, platform, addOn);
    fs.cpSync(path.join(__dirname, 'programs'), machine.app, { recursive: true });
    fs.writeFileSync(path.join(machine.app, 'root.pem'), gateway.rootPem);
    const { stdout, stderr } = await machine.node(['--version']);
    const failures = await failuresOf(checks, { machine: /** @type {Machine} */ (machine), gateway });
    return {
      ...{ ...row, node: stdout.trim() || stderr.trim(), size: fs.statSync(addOn).size, failures },
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await gateway.close();
    await machine.close();
  }
}

/**
 * @param {Partial<typeof CHECKS>} checks
 * @param {import('./checks').Surroundings} surroundings
 * @returns {Promise<string[]>} The checks that failed.
 */
async function failuresOf(checks, surroundings) {
  const failures = [];
  for (const [name, check] of Object.entries(checks)) {
    if (!check) continue;
    const started = performance.now();
    try {
      await check(surroundings);
      console.log(`  ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failures.push(name);
      console.log(`  FAILED  ${name}: ${/** @type {Error} */ (error).stack}`);
    }
    // Nothing else can work without the add-on, and each would fail by its time limit.
    if (failures.includes('load')) break;
  }
  return failures;
}

/**
 * As npm does: the package, and beside it the one of the platform with the add-on.
 *
 * @param {Machine | Here} machine
 * @param {string} root
 * @param {string} platform
 * @param {string} addOn
 */
async function install(machine, root, platform, addOn) {
  const { name, folder } = packageOf(platform);
  const stage = path.join(machine.app, 'stage');
  fs.mkdirSync(stage);
  for (const [installed, tarball] of [
    ['edge-downstream', root],
    [name, await packPlatform(folder, stage, addOn)],
  ]) {
    const into = path.join(machine.app, 'node_modules', installed);
    fs.mkdirSync(into, { recursive: true });
    // A path with a drive letter is a host to some tar.
    run('tar', ['-xzf', path.basename(tarball), '-C', into, '--strip-components=1'], {
      cwd: path.dirname(tarball),
    });
  }
  fs.rmSync(stage, { recursive: true });
}

module.exports = { examineHere, examinePlatforms };
