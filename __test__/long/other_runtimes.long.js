// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const { createChain, startGateway } = require('edge-downstream-gateway');
const { fetched } = require('../../scripts/fetched');
const { tenLines } = require('../../scripts/release/ten_lines');
const { packBoth } = require('../../scripts/pack');
const { Project, ROOT, temporaryDirectory } = require('../package/project');

/**
 * The package as it is installed, on runtimes that the suite does not run on: Node 18 lacks what the tests are written with.
 * Each program has to end by itself.
 */

/** What no program here needs. Milliseconds. */
const LONGEST_MS = 60_000;
const REGISTER = 'node_modules/edge-downstream/lib/compat/register.js';

const RUNTIMES = [
  { name: 'Node 18', file: 'node-18/bin/node', run: [], register: ['-r', 'edge-downstream/register'] },
  { name: 'Bun', file: '@oven/bun-linux-x64/bin/bun', run: [], register: ['-r', 'edge-downstream/register'] },
  // It takes no name of a package there.
  {
    name: 'Deno',
    file: '@deno/linux-x64-glibc/deno',
    run: ['run', '-A'],
    register: ['--require', `./${REGISTER}`],
  },
];

const directory = temporaryDirectory();
const project = new Project(directory);
/** @type {import('edge-downstream-gateway').Gateway} */
let gateway;
/** @type {string} */
let modules;

before(async () => {
  modules = fetched('other_runtimes');
  const { root, platform } = await packBoth(directory);
  await project.install([root, platform]);
  gateway = await startGateway({
    chain: await createChain({ host: 'localhost' }),
    devices: RUNTIMES.map(({ name }) => ({ deviceId: idOf(name) })),
  });
  project.write('root.pem', gateway.rootPem);
  project.write('other.pem', (await createChain({ host: 'localhost' })).rootPem);
  project.write('ten_lines.cjs', tenLines());
  project.write('everything.cjs', fs.readFileSync(path.join(__dirname, 'everything_program.js'), 'utf8'));
  project.write(
    'refused.cjs',
    tenLines().replace(/main\(\);\n$/, 'main().catch(({ code }) => console.log(code));\n'),
  );
  const example = path.join(ROOT, 'examples', 'edge_downstream_device.js');
  project.write('register.cjs', fs.readFileSync(example, 'utf8'));
});

after(async () => {
  await gateway?.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

for (const { name, file, run, register } of RUNTIMES) {
  const deviceId = idOf(name);
  /** @param {string[]} args @param {NodeJS.ProcessEnv} [more] */
  const start = (args, more) => {
    const env = {
      ...project.environment,
      ...{ NO_COLOR: '1', DENO_DIR: path.join(directory, 'deno') },
      ...{
        IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString(deviceId),
        PATH_TO_EDGE_CA_CERT: 'root.pem',
      },
      ...more,
    };
    const options = { cwd: project.directory, env, timeout: LONGEST_MS };
    return promisify(execFile)(path.join(modules, file), [...run, ...args], options);
  };
  const received = async (/** @type {number} */ count) => {
    const messages = await gateway.waitForMessages(count, { timeoutMs: LONGEST_MS });
    return messages.map(({ body }) => JSON.parse(String(body)));
  };

  test(`${name}: the ten lines of the README`, async () => {
    await start(['ten_lines.cjs']);
    assert.deepEqual(await received(1), [{ temperature: 21 }]);
  });

  test(`${name}: an unmodified script for azure-iot-device, by register`, async () => {
    const { stdout } = await start([...register, 'register.cjs', '--messages', '3', '--interval', '0']);
    assert.match(stdout, /Message 3: MessageEnqueued/);
    assert.deepEqual(
      (await received(3)).map(({ number }) => number),
      [1, 2, 3],
    );
  });

  test(`${name}: twin, method, message from the cloud, and going on after a loss`, async () => {
    const running = start(['everything.cjs']);
    await Promise.race([
      running.then(() => assert.fail('it ended early')),
      (async () => {
        assert.deepEqual(await received(1), [{ word: 'ready' }]);
        assert.equal(gateway.twin(deviceId).reported.version, 1);
        // Of a change, nothing is kept for a device that does not listen yet.
        while (!listens(deviceId, 'PATCH/properties/desired')) await sleep(10);
        gateway.patchDesired(deviceId, { interval: 7 });
        const { status, payload } = await gateway.invokeMethod(deviceId, 'reboot', { delay: 3 });
        assert.deepEqual([status, payload], [200, { in: 3 }]);
        gateway.sendC2D(deviceId, 'go on');
        assert.deepEqual(await received(1), [{ word: 'cut the line' }]);
        gateway.cut(deviceId, 'rst');
        assert.deepEqual(await received(1), [{ word: 'after the loss' }]);
      })(),
    ]);
    assert.equal((await running).stdout, 'desired 7, go on, closed\n');
  });

  test(`${name}: a root of others is refused by its code`, async () => {
    const { stdout } = await start(['refused.cjs'], { PATH_TO_EDGE_CA_CERT: 'other.pem' });
    assert.equal(stdout, 'ERR_IOT_CERT_ROOT_KEY\n');
  });
}

/** @param {string} runtime */
function idOf(runtime) {
  return runtime.replace(' ', '-');
}

/** @param {string} deviceId @param {string} filter A part of it. */
function listens(deviceId, filter) {
  const connection = gateway.connections().find((each) => each.clientId === deviceId);
  return connection?.subscriptions.some((each) => each.includes(filter));
}
