// @ts-check
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { setTimeout: delay } = require('node:timers/promises');
const { bareEnvironment, start, stop } = require('./children');

/**
 * What the sink saw of one connection.
 *
 * @typedef {{ tls: string, cipher: string, publishes: number, publishBytes: number }} Report
 *
 * @typedef {object} Server
 * @property {number} port
 * @property {() => Promise<void>} stop
 * @property {() => Promise<Report>} [report] of the next connection that ended, in order
 *
 * @typedef {import('./stage').Stage} Stage
 */

/**
 * @param {string} program
 * @param {Stage} stage
 * @returns {Promise<Server>}
 */
async function startSink(program, stage) {
  const child = start(program, [stage.chain, stage.key, '0'], {
    env: bareEnvironment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // An iterator of lines waits for what is not there yet and keeps what nobody asked for yet.
  const lines = readline
    .createInterface({ input: /** @type {any} */ (child.stdout) })
    [Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await within(10_000, lines.next(), 'the sink says nothing');
    if (done) throw new Error('the sink ended');
    return JSON.parse(value);
  };
  const { port } = await next();
  return { port, report: next, stop: () => stop(child) };
}

/**
 * @param {Stage} stage
 * @returns {Promise<Server>}
 */
async function startMosquitto(stage) {
  const port = await freePort();
  const configuration = path.join(stage.directory, 'mosquitto.conf');
  fs.writeFileSync(configuration, mosquittoConfiguration(stage, port));
  // Debian keeps it in /usr/sbin, which an ordinary user's path may lack.
  const search = [bareEnvironment.PATH, '/usr/sbin', '/usr/local/sbin'].join(path.delimiter);
  const child = start('mosquitto', ['-c', configuration], {
    env: { ...bareEnvironment, PATH: search },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => (complaint += text));
  /** @type {Promise<never>} */
  const ended = new Promise((_resolve, reject) => {
    child.once('error', (error) => reject(mosquittoMissing(error)));
    child.once('close', (code) => reject(new Error(`mosquitto ended with ${code}\n${complaint}`)));
  });
  ended.catch(() => {}); // it ends later too, when it is stopped
  await Promise.race([ended, listening(port)]);
  return { port, stop: () => stop(child) };
}

/** @param {Error} cause */
function mosquittoMissing(cause) {
  return new Error(
    'Mosquitto does not start. Install it (Debian, Ubuntu: apt-get install mosquitto; macOS: brew install mosquitto)' +
      ', or leave it out with --only sink-1000 and the like',
    { cause },
  );
}

/**
 * TLS 1.3 as the sink, and no limit, log or file that would be measured in place of a client.
 *
 * @param {Stage} stage
 * @param {number} port
 */
function mosquittoConfiguration({ chain, key }, port) {
  return `listener ${port} 127.0.0.1
certfile ${chain}
keyfile ${key}
tls_version tlsv1.3
allow_anonymous true
set_tcp_nodelay true
max_inflight_messages 0
max_queued_messages 0
persistence false
log_dest stderr
log_type error
user ${os.userInfo().username}
`;
}

/** @returns {Promise<number>} a port nobody listens on at the moment; Mosquitto cannot choose one itself */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} port */
async function listening(port) {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(20)) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
  }
  throw new Error(`nobody listens on port ${port} after 10 s`);
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {Promise<T>} promise
 * @param {string} complaint
 * @returns {Promise<T>}
 */
async function within(milliseconds, promise, complaint) {
  const timer = new AbortController();
  const late = delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${complaint} for ${milliseconds / 1000} s`);
  });
  late.catch(() => {}); // aborted below
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

module.exports = { startSink, startMosquitto };
