'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain, startGateway } = require('../../gateway');

/** Runs scripts in processes of their own, against a gateway that does what they ask for. */

const ROOT = path.join(__dirname, '..', '..');
/** One key, so that what is signed and sent is the same in every run. */
const KEY = Buffer.from('the key of a device in the tests').toString('base64');
/** The device that runs the gateway, with its modules: `m1` is the script. */
const EDGE = { deviceId: 'edge', modules: [{ moduleId: 'm1', primaryKey: KEY }, { moduleId: 'm2' }] };
const chain = createChain({ caKey: 'P-256', serverKey: 'P-256' });

/**
 * @typedef {object} Run
 * @property {number | null} code
 * @property {string | null} signal
 * @property {string} stdout
 * @property {string} stderr
 * @property {object[]} telemetry What the gateway stored, without its time.
 * @property {Required<import('../../gateway').Twin>} twin Of the device, in the hub, at the end.
 * @property {string} ranOn `originals` or `ours`.
 */

/**
 * @param {import('node:test').TestContext} t
 * @param {string} script
 * @param {{ flags?: string[], args?: string[], cwd?: string, strict?: boolean, module?: boolean, onGateway?: (gateway: import('../../gateway').Gateway) => void, cloud?: (gateway: import('../../gateway').Gateway, shown: (words: string) => Promise<void>) => Promise<void> }} [how]
 * @returns {Promise<Run>}
 */
async function run(t, script, how = {}) {
  const { flags = [], args = [], cwd = ROOT, strict = false, module = false, onGateway, cloud } = how;
  const gateway = await startGateway({
    chain: await chain,
    devices: [{ deviceId: 'd1', primaryKey: KEY }, ...(module ? [EDGE] : [])],
    strict,
    keep: Infinity,
    // Where methods are called is known by one port.
    ...(module && { webSocketPort: 'same' }),
  });
  t.after(() => gateway.close());
  onGateway?.(gateway);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-compat-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const ca = path.join(folder, 'root.pem');
  fs.writeFileSync(ca, gateway.rootPem);

  const witness = path.join(folder, 'witness');
  const environment = {
    WITNESS: witness,
    IOTHUB_DEVICE_CONNECTION_STRING: gateway.connectionString('d1'),
    PATH_TO_EDGE_CA_CERT: ca,
    ...(module && gateway.moduleEnvironment('edge/m1')),
  };
  const child = spawn(process.execPath, [...flags, '-r', require.resolve('./witness'), script, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.on('message', async (wish) => {
    const answer = await grant(gateway, wish);
    if (answer !== undefined && child.connected) child.send(answer);
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
    child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
  }
  const closed = once(child, 'close');
  if (cloud) {
    const shown = async (/** @type {string} */ words) => {
      while (!output.stdout.includes(words)) await once(child.stdout, 'data');
    };
    const early = closed.then(() => {
      throw new Error(`${script} has ended: ${output.stderr}`);
    });
    await Promise.race([cloud(gateway, shown), early]);
    child.kill('SIGINT');
    early.catch(() => {});
  }
  const [code, signal] = await closed;
  const telemetry = gateway.received.map(({ receivedAt, ...message }) => ({
    ...message,
    body: String(message.body),
  }));
  const twin = gateway.twin('d1');
  await gateway.close();
  const ranOn = fs.readFileSync(witness, 'utf8');
  return { code, signal, ...output, telemetry, twin, ranOn };
}

/**
 * @param {import('../../gateway').Gateway} gateway
 * @param {any} wish Of a script.
 * @returns {Promise<object> | undefined} What it is told of it.
 */
function grant(gateway, { please, body, how, name, payload, patch, ...options }) {
  if (please === 'c2d') gateway.sendC2D('d1', body, { messageId: 'm', ...options });
  else if (please === 'cut') gateway.cut('d1', how);
  else if (please === 'desired') gateway.patchDesired('d1', patch);
  else if (please === 'method') return call(gateway, name, payload, options);
  else throw new Error(`A script asks for '${please}'`);
  return undefined;
}

/** As soon as the device takes calls. */
function call(gateway, name, payload, options) {
  return gateway
    .invokeMethod('d1', name, payload, { connectTimeoutMs: 10_000, from: 'module', ...options })
    .then(
      (result) => ({ name, ...result }),
      ({ status }) => ({ name, status, payload: 'nobody answered' }),
    );
}

/** A directory as an app's, with this package installed and nothing else; removed with the test. */
function emptyProject(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-app-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  fs.mkdirSync(path.join(directory, 'node_modules'));
  fs.symlinkSync(ROOT, path.join(directory, 'node_modules', 'edge-downstream'));
  return directory;
}

module.exports = { ROOT, emptyProject, run };
