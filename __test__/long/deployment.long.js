// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('edge-downstream-gateway');
const { fetched } = require('../../scripts/fetched');
const { packBoth } = require('../../scripts/pack');
const { tenLines } = require('../../scripts/release/ten_lines');
const { Project, ROOT, temporaryDirectory } = require('../package/project');

/** The lines of docs/deployment.md, as they stand there, on the package as it is installed. */

const page = fs.readFileSync(path.join(ROOT, 'docs', 'deployment.md'), 'utf8');
const directory = temporaryDirectory();
const project = new Project(directory);
/** @type {import('edge-downstream-gateway').Gateway} */
let gateway;

before(async () => {
  const { root, platform } = await packBoth(directory);
  await project.install([root, platform]);
  gateway = await startGateway({
    chain: await createChain({ host: 'localhost' }),
    devices: [{ deviceId: 'deployed' }],
  });
  project.write('root.pem', gateway.rootPem);
  project.write('app.js', tenLines());
});

after(async () => {
  await gateway?.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

const bundling = commands('esbuild');
assert.equal(bundling.length, 2);
for (const words of bundling) {
  test(words.join(' '), async () => {
    const esbuild = path.join(fetched('bundlers'), 'esbuild', 'bin', 'esbuild');
    // Its program is a binary where npm could link it, else a script in front of one.
    await project.node([
      '-e',
      `require('child_process').execFileSync(...${JSON.stringify([esbuild, words.slice(1)])})`,
    ]);
    await works(['dist/app.js']);
  });
}

test('webpack with the settings of the page', async () => {
  const [, settings] = /^```js\n\/\/ webpack\.config\.js\n(.*?)^```$/ms.exec(page) ?? [];
  project.write('webpack.config.js', settings);
  const webpack = path.join(fetched('bundlers'), 'webpack');
  project.write(
    'bundle.js',
    `const config = { ...require('./webpack.config.js'), mode: 'production', entry: './app.js', output: { filename: 'packed.js' } };
    require(${JSON.stringify(webpack)})(config, (error, stats) => {
      if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`,
  );
  await project.node(['bundle.js']);
  await works(['dist/packed.js']);
});

test('a worker thread', async () => {
  project.write('main.js', `new (require('node:worker_threads').Worker)('./app.js');\n`);
  await works(['main.js']);
});

for (const name of ['node-20', 'node-22', 'node-24', 'node-26']) {
  test(`the permission model on ${name}`, async () => {
    const node = path.join(fetched('nodes'), name, 'bin', 'node');
    const [words] = commands('node --permission');
    const flag = name === 'node-20' ? '--experimental-permission' : '--permission';
    const args = words
      .slice(1)
      .map((word) => word.replace('/app', project.directory).replace(/^--permission$/, flag));
    assert.equal(args.at(-1), 'app.js');
    await works(args, node);
    // The flag restricts: what is not allowed is refused.
    await assert.rejects(
      works(
        args.filter((word) => word !== '--allow-addons'),
        node,
      ),
      /ERR_IOT_NATIVE_MISSING/,
    );
  });
}

/**
 * @param {string} start
 * @returns {string[][]} The words of each line of the page that starts so.
 */
function commands(start) {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`    ${start} `))
    .map((line) => line.trim().replaceAll("'", '').split(' '));
}

/**
 * @param {string[]} args For Node; what runs sends one message, and ends by itself.
 * @param {string} [node]
 */
async function works(args, node) {
  const settings = {
    IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString('deployed'),
    PATH_TO_EDGE_CA_CERT: path.join(project.directory, 'root.pem'),
  };
  await project.node(args, settings, node);
  const [{ body }] = await gateway.waitForMessages(1, { timeoutMs: 10_000 });
  assert.equal(String(body), '{"temperature":21}');
}
