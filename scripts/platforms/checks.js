// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { createChain, createDeviceCertificate } = require('../../gateway');
const { ROOT } = require('../command');
const { tenLines } = require('../release/ten_lines');

/**
 * What must work on every platform: a program runs there, against a gateway on this machine, and both sides are looked at.
 *
 * @typedef {object} Surroundings
 * @property {import('./machine').Machine} machine With the package installed.
 * @property {import('../../gateway').Gateway} gateway
 */

/** Messages of the outage: enough that some are under way when the line is cut. */
const MESSAGES = 40;

/** @type {Record<string, (surroundings: Surroundings) => Promise<void>>} */
const CHECKS = {
  async load({ machine }) {
    await succeeds(machine, ['load.js']);
  },

  async 'ten lines'({ machine, gateway }) {
    fs.writeFileSync(path.join(machine.app, 'ten_lines.js'), tenLines());
    await succeeds(machine, ['ten_lines.js'], device(gateway, 'lines'));
    assert.deepEqual(bodies(gateway, 'lines'), ['{"temperature":21}']);
  },

  async register({ machine, gateway }) {
    const name = 'edge_downstream_device.js';
    fs.copyFileSync(path.join(ROOT, 'examples', name), path.join(machine.app, name));
    const args = ['-r', 'edge-downstream/register', name, '--messages', '3', '--interval', '0'];
    await succeeds(machine, args, device(gateway, 'register'));
    assert.deepEqual(
      bodies(gateway, 'register').map((body) => JSON.parse(body).number),
      [1, 2, 3],
    );
  },

  async 'X.509'({ machine, gateway }) {
    const own = await createDeviceCertificate({ deviceId: 'certified' });
    fs.writeFileSync(path.join(machine.app, 'device.pem'), own.certPem);
    fs.writeFileSync(path.join(machine.app, 'device.key'), own.keyPem);
    gateway.addDevice({ deviceId: 'certified', x509: { primaryThumbprint: own.thumbprintSha256 } });
    await succeeds(machine, ['x509.js'], environment(gateway.connectionString('certified')));
    assert.deepEqual(bodies(gateway, 'certified'), ['by certificate']);
  },

  async WebSocket({ machine, gateway }) {
    const { IOTHUB_DEVICE_CONNECTION_STRING: direct } = device(gateway, 'web');
    const connectionString = direct.replace(/:\d+$/, `:${gateway.webSocketPort}`);
    await succeeds(machine, ['web_socket.js'], environment(connectionString));
    assert.deepEqual(bodies(gateway, 'web'), ['over WebSocket']);
  },

  async 'roots of the system'({ machine, gateway }) {
    const program = ['ten_lines.js'];
    const { IOTHUB_DEVICE_CONNECTION_STRING } = device(gateway, 'system');
    const before = await machine.node(program, { IOTHUB_DEVICE_CONNECTION_STRING });
    assert.equal(before.code, 1, told('without the root in the store', before));
    assert.match(before.stderr, /ERR_IOT_C(A|ERT)_/);
    await machine.trust(gateway.rootPem);
    await succeeds(machine, program, { IOTHUB_DEVICE_CONNECTION_STRING });
    assert.deepEqual(bodies(gateway, 'system'), ['{"temperature":21}']);
  },

  async doctor({ machine, gateway }) {
    const doctor = ['node_modules/edge-downstream/bin/edge-downstream.js', 'doctor', '--ca'];
    const env = device(gateway, 'patient');
    await succeeds(machine, [...doctor, 'root.pem'], env);
    const { rootPem } = await createChain({ rootName: 'Stranger' });
    fs.writeFileSync(path.join(machine.app, 'stranger.pem'), rootPem);
    const ill = await machine.node([...doctor, 'stranger.pem'], env);
    assert.equal(ill.code, 1, told('with a root of another gateway', ill));
    assert.match(ill.stdout, /ERR_IOT_CERT_UNKNOWN_ISSUER|not.*root/is, told('its findings', ill));
  },

  async outage({ machine, gateway }) {
    const env = { ...device(gateway, 'tossed'), MESSAGES: String(MESSAGES) };
    let connections = 0;
    gateway.faults = {
      connected: () => void ++connections,
      // Once stored, but not acknowledged: it must come again, and nothing behind it before.
      publish: (n) => (connections === 1 && n === 10 ? 'cut-before-puback' : undefined),
      accept: () => (connections === 1 && refusals++ < 2 ? 'refuse' : undefined),
    };
    let refusals = -1;
    const { stdout } = await succeeds(machine, ['outage.js'], env);
    gateway.faults = {};
    assert.equal(stdout.trim(), String(MESSAGES));
    assert.equal(connections, 2);
    const numbers = bodies(gateway, 'tossed').map((body) => JSON.parse(body).number);
    assert.ok(numbers.length > MESSAGES, 'nothing was sent again');
    assert.deepEqual(
      [...new Set(numbers)],
      Array.from({ length: MESSAGES }, (_, index) => index),
    );
  },

  async 'worker threads'({ machine, gateway }) {
    // They share an identity in turn: a gateway keeps one connection of each.
    const ids = ['main', 'first', 'second', 'stopped'];
    const strings = ids.map((id) => device(gateway, id).IOTHUB_DEVICE_CONNECTION_STRING);
    const { stdout } = await succeeds(machine, ['workers.js'], {
      ...environment(strings[0]),
      OTHERS: JSON.stringify(strings.slice(1)),
    });
    assert.equal(stdout.trim(), '0 0');
    for (const id of ids) assert.deepEqual(bodies(gateway, id), ['from a thread'], id);
  },

  async 'exit codes'({ machine, gateway }) {
    const left = await machine.node(['exit.js'], device(gateway, 'leaver'));
    assert.equal(left.code, 7, told('process.exit(7) while connected', left));
    const refused = await machine.node(
      ['ten_lines.js'],
      environment(gateway.connectionString('leaver').replace('leaver', 'nobody')),
    );
    assert.equal(refused.code, 1, told('a refusal that nobody caught', refused));
    assert.match(refused.stderr, /ERR_IOT_NOT_AUTHORIZED/);
  },
};

/**
 * Makes a device known.
 *
 * @param {import('../../gateway').Gateway} gateway
 * @param {string} deviceId
 */
function device(gateway, deviceId) {
  gateway.addDevice({ deviceId });
  return environment(gateway.connectionString(deviceId));
}

/** @param {string} connectionString */
function environment(connectionString) {
  return { IOTHUB_DEVICE_CONNECTION_STRING: connectionString, PATH_TO_EDGE_CA_CERT: 'root.pem' };
}

/**
 * @param {import('../../gateway').Gateway} gateway
 * @param {string} deviceId
 * @returns {string[]} What came from it.
 */
function bodies(gateway, deviceId) {
  return gateway.received.filter((message) => message.deviceId === deviceId).map(({ body }) => String(body));
}

/**
 * @param {import('./machine').Machine} machine
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
async function succeeds(machine, args, env) {
  const outcome = await machine.node(args, env);
  assert.equal(outcome.code, 0, told(args.join(' '), outcome));
  return outcome;
}

/**
 * @param {string} what
 * @param {import('./machine').Outcome} outcome
 */
function told(what, { code, stdout, stderr }) {
  return `${what}: ended with ${code}\n${stdout}${stderr}`;
}

module.exports = { CHECKS };
