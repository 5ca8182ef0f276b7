'use strict';

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { createChain, startGateway } = require('../../gateway');

const HUB = 'local.azure-devices.net';
const DEVICE = 'd1';
/** The key of the device, which no report may show. */
const KEY = Buffer.from('do not show this to anyone ever!').toString('base64');

/** Short, where only waiting would tell. A refusal is slow beyond what the local gateway takes. */
const LIMITS = {
  tcpMs: 1000,
  tunnelMs: 2000,
  compareMs: 500,
  tlsMs: 1000,
  strangerMs: 300,
  connackMs: 1000,
  stayMs: 150,
};

/**
 * What lasts until its end: a test, or a set-up of the exam, which has harmless oddities.
 *
 * @typedef {object} Until
 * @property {(end: () => unknown) => void} after
 * @property {{ chain?: import('../../gateway').ChainOptions, gateway?: import('../../gateway').GatewayOptions }} [oddities]
 */

/**
 * A gateway until the test ends, and what its device is given.
 *
 * @param {Until} t
 * @param {import('../../gateway').ChainOptions} [certificates]
 * @param {import('../../gateway').GatewayOptions & { dial?: string }} [options] `dial`: the name the device uses.
 */
async function gatewayFor(t, certificates, { dial, ...options } = {}) {
  const { oddities } = t;
  const made = { variant: 'good-dns', ...oddities?.chain, ...certificates };
  const chain = options.chain ?? (await createChain(/** @type {any} */ (made)));
  const devices = [{ deviceId: DEVICE, primaryKey: KEY }];
  const gateway = await startGateway({ chain, devices, hubHostName: HUB, ...oddities?.gateway, ...options });
  t.after(() => gateway.close());
  const at = `${dial ?? 'localhost'}:${gateway.port}`;
  return { gateway, chain, at, ca: chain.rootPem, connectionString: connectionStringTo(at) };
}

/**
 * @param {string | undefined} gateway With its port.
 * @param {Record<string, string | undefined>} [changes] Fields; `undefined` takes one out.
 */
function connectionStringTo(gateway, changes = {}) {
  const fields = {
    HostName: HUB,
    DeviceId: DEVICE,
    SharedAccessKey: KEY,
    GatewayHostName: gateway,
    ...changes,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.map(([name, value]) => `${name}=${value}`).join(';');
}

/**
 * @param {Until} t
 * @param {net.Server} server Until the test ends.
 * @param {{ host?: string, port?: number }} [where]
 * @returns {Promise<number>} Its port.
 */
async function listening(t, server, { host = '127.0.0.1', port = 0 } = {}) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen({ host, port });
  await once(server, 'listening');
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return /** @type {net.AddressInfo} */ (server.address()).port;
}

/** @returns {Promise<number>} A port of 127.0.0.1 on which nothing listens. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Of a scene, what the doctor is told. */
const OPTIONS = ['connectionString', 'ca', 'send', 'protocol', 'proxy', 'cert', 'key', 'passphrase'];

/**
 * @param {import('./scenes').Scene} scene
 * @returns {import('../..').DiagnoseOptions}
 */
function optionsOf(scene) {
  return Object.fromEntries(OPTIONS.map((option) => [option, /** @type {any} */ (scene)[option]]));
}

/**
 * A file until the test ends.
 *
 * @param {Until} t
 * @param {string} content
 */
function fileFor(t, content) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-doctor-'));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'root.pem');
  fs.writeFileSync(file, content);
  return file;
}

/**
 * An environment variable until the test ends.
 *
 * @param {Until} t
 * @param {string} name
 * @param {string} value
 */
function setEnvironment(t, name, value) {
  const before = process.env[name];
  process.env[name] = value;
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

module.exports = {
  fileFor,
  setEnvironment,
  DEVICE,
  HUB,
  KEY,
  LIMITS,
  optionsOf,
  connectionStringTo,
  freePort,
  gatewayFor,
  listening,
};
