// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain, startGateway } = require('../../gateway');
const { main, run, StepFailed } = require('../command');
const { packPlatform, packRoot } = require('../pack');
const { addOnOf, packageOf, TARGETS } = require('../targets/targets');
const { CHECKS } = require('./checks');
const { Machine, requireNamespaces } = require('./machine');
const { show, writeTable } = require('./report');
const { SYSTEMS } = require('./systems');

/**
 * Runs the add-ons that `npm run build -- --target` made on the systems they are for. With words behind it, only targets
 * whose names contain one of them: `npm run test:platforms -- musl windows`. Ends with 1 if something failed, and with `CI`
 * set if something was not built.
 */
main(async () => {
  requireNamespaces();
  const words = process.argv.slice(2);
  const systems = SYSTEMS.filter(
    ({ triple }) => words.length === 0 || words.some((word) => triple.includes(word)),
  );
  if (systems.length === 0) throw new StepFailed(`No target has a name with ${words.join(' or ')} in it`);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-packed-'));
  /** @type {import('./report').Row[]} */
  const rows = [];
  try {
    const root = await packRoot(directory);
    for (const system of systems) rows.push(await examine(system, root));
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
  writeTable(rows);
  console.log(`\n${show(rows)}`);
  const bad = rows.filter(({ failures, size }) => failures.length > 0 || (process.env.CI && !size));
  if (bad.length > 0) throw new StepFailed(`Not in order: ${bad.map(({ triple }) => triple).join(', ')}`);
});

/**
 * @param {import('./systems').System} system
 * @param {string} root The tarball of the package.
 * @returns {Promise<import('./report').Row>}
 */
async function examine(system, root) {
  const { triple, label } = system;
  const target = TARGETS.find((each) => each.triple === triple);
  if (!target) throw new Error(`${triple} is no target`);
  const addOn = addOnOf(target);
  console.log(`\n${triple} on ${label}`);
  const row = { triple, label, date: new Date(), node: '', size: 0, seconds: 0, failures: [] };
  if (!fs.existsSync(addOn)) {
    console.log(`  not built: npm run build -- --target ${triple}`);
    return row;
  }
  const machine = new Machine(system);
  const started = performance.now();
  const gateway = await startGateway({ chain: await createChain({ host: 'localhost' }), keep: Infinity });
  try {
    await machine.boot();
    await install(machine, root, target.platform, addOn);
    fs.cpSync(path.join(__dirname, 'programs'), machine.app, { recursive: true });
    fs.writeFileSync(path.join(machine.app, 'root.pem'), gateway.rootPem);
    const { stdout, stderr } = await machine.node(['--version']);
    const failures = await failuresOf({ machine, gateway });
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
 * @param {import('./checks').Surroundings} surroundings
 * @returns {Promise<string[]>} The checks that failed.
 */
async function failuresOf(surroundings) {
  const failures = [];
  for (const [name, check] of Object.entries(CHECKS)) {
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
 * @param {Machine} machine
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
    run('tar', ['-xzf', tarball, '-C', into, '--strip-components=1']);
  }
  fs.rmSync(stage, { recursive: true });
}
