// @ts-check
'use strict';

const { once } = require('node:events');
const tls = require('node:tls');
const { createChain } = require('edge-downstream-gateway');
const { Message, Mqtt, SharedAccessKeyAuthenticationProvider } = require('../..');
const { randomOf } = require('../../__test__/model/random');
const { bytesOf, inPieces, mutated } = require('./mutation');

/** @typedef {import('./mutation').Random} Random */

/** By then a connection that was ended is told as lost. Milliseconds. */
const PATIENCE_MS = 10_000;
/** After so many broken connections comes one that is none. */
const HONEST = 16;

/** What a connection that broke the protocol, or was ended, is told as. */
const NAMES = [
  'ERR_IOT_PROTOCOL',
  'ERR_IOT_CONNECTION_CLOSED',
  'ERR_IOT_CONNECTION_RESET',
  'ERR_IOT_TAKEN_OVER',
];

const PUBLISH = (/** @type {string} */ topic, /** @type {number} */ qos, body = 'x') => {
  const id = qos > 0 ? [0, 1] : [];
  const rest = [0, topic.length, ...Buffer.from(topic, 'latin1'), ...id, ...Buffer.from(body)];
  return Buffer.from(
    [0x30 | (qos << 1), (rest.length & 127) | (rest.length > 127 ? 128 : 0)].concat(
      rest.length > 127 ? [rest.length >> 7] : [],
      rest,
    ),
  );
};
const C2D = 'devices/fuzzed/messages/devicebound/';

/** Whole packets as a gateway sends them. */
const SEEDS = [
  Buffer.from([0x40, 2, 0, 1]),
  Buffer.from([0x40, 2, 0, 1, 0x40, 2, 0, 2, 0x40, 2, 0, 3]),
  Buffer.from([0x90, 3, 0, 1, 1]),
  Buffer.from([0xb0, 2, 0, 1]),
  Buffer.from([0xd0, 0]),
  PUBLISH(C2D, 1, ''),
  PUBLISH(`${C2D}%24.mid=1&%24.to=%2Fdevices%2Ffuzzed&a=b&c=%C2%B0`, 1, 'body'),
  PUBLISH(`${C2D}a=b`, 0, 'y'.repeat(200)),
  PUBLISH('$iothub/twin/res/200/?$rid=1', 0, '{"desired":{"$version":1},"reported":{"$version":1}}'),
  PUBLISH('$iothub/twin/PATCH/properties/desired/?$version=2', 0, '{"a":1,"$version":2}'),
  PUBLISH('$iothub/methods/POST/reboot/?$rid=1', 0, '{"delay":5}'),
];

/**
 * A gateway that sends damaged packets to a live session, connection after connection. Whatever it is, the connection is
 * told as lost by a name that exists, nothing is uncaught, and the next honest connection works.
 *
 * @param {{ seed: number, executions?: number, milliseconds?: number }} run How long: the first that is reached.
 * @returns {Promise<{ executions: number, findings: string[] }>}
 */
async function fuzzPackets({ seed, executions = Infinity, milliseconds = Infinity }) {
  /** @type {string[]} */
  const findings = [];
  let now = '';
  const uncaught = (/** @type {unknown} */ error) => findings.push(`${now}: uncaught ${error}`);
  process.on('uncaughtException', uncaught);
  const gateway = await startGateway();
  const transport = await sessionTo(gateway);
  const end = performance.now() + milliseconds;
  let done = 0;
  try {
    for (; done < executions && performance.now() < end && findings.length === 0; done += 1) {
      const random = randomOf(seed + done);
      gateway.bytes = done % HONEST === HONEST - 1 ? undefined : damaged(random);
      gateway.random = random;
      now = `seed ${seed + done}, ${gateway.bytes?.toString('hex') ?? 'an honest gateway'}`;
      const fault = await execution(transport, gateway.bytes === undefined);
      if (fault) findings.push(`${now}: ${fault}`);
    }
  } finally {
    transport.stop();
    await gateway.close();
    process.off('uncaughtException', uncaught);
  }
  return { executions: done, findings };
}

/** @param {Random} random */
function damaged(random) {
  if (random.below(8) === 0) return bytesOf(random, 1 + random.below(64));
  const whole = Array.from({ length: 1 + random.below(4) }, () => random.of(SEEDS));
  return mutated(random, Buffer.concat(whole), 1 + random.below(4));
}

/**
 * One connection.
 *
 * @param {any} transport
 * @param {boolean} honest
 * @returns {Promise<string | undefined>} What is wrong.
 */
async function execution(transport, honest) {
  const lost = once(transport, 'disconnect');
  lost.catch(() => {});
  const failed = await soon(new Promise((resolve) => transport.connect(resolve)));
  if (failed) return `no connection: ${failed.code ?? failed}`;
  if (honest) {
    const error = await soon(new Promise((resolve) => transport.sendEvent(new Message('x'), resolve)));
    if (error) return `not acknowledged: ${error.code ?? error}`;
    await new Promise((resolve) => transport.disconnect(resolve));
    return undefined;
  }
  const told = await soon(lost);
  if (typeof told === 'string') return `not told as lost: ${told}`;
  const [error] = told;
  return NAMES.includes(error.code) ? undefined : `lost by ${error.code}: ${error.message}`;
}

/** @param {Promise<any>} promise */
function soon(promise) {
  /** @type {NodeJS.Timeout} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, `nothing within ${PATIENCE_MS} ms`);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function startGateway() {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const gateway = {
    chain,
    port: 0,
    /** @type {Buffer | undefined} */ bytes: undefined,
    random: randomOf(1),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
  const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 2, 0, 0]));
      const { bytes, random } = gateway;
      if (bytes !== undefined) {
        for (const piece of inPieces(random, bytes)) socket.write(piece);
        socket.end();
        return;
      }
      socket.on('data', (data) => acknowledge(socket, data));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  return gateway;
}

/**
 * The client's packets are small and come whole.
 *
 * @param {tls.TLSSocket} socket
 * @param {Buffer} data
 */
function acknowledge(socket, data) {
  for (let at = 0; at < data.length; at += 2 + data[at + 1]) {
    const [first, , a, b] = data.subarray(at);
    const id = first >> 4 === 3 ? at + 4 + data.readUInt16BE(at + 2) : 0;
    if (first >> 4 === 3) socket.write(Buffer.from([0x40, 2, data[id], data[id + 1]]));
    else if (first >> 4 === 8) socket.write(Buffer.from([0x90, 3, a, b, 1]));
    else if (first >> 4 === 14) socket.end();
  }
}

/** @param {{ port: number, chain: { rootPem: string } }} gateway */
async function sessionTo({ port, chain }) {
  const provider = SharedAccessKeyAuthenticationProvider.fromConnectionString(
    `HostName=hub.example;DeviceId=fuzzed;SharedAccessKey=a2V5;GatewayHostName=localhost:${port}`,
  );
  const transport = /** @type {any} */ (new Mqtt(provider));
  transport.attend();
  transport.setOptions({ ca: chain.rootPem });
  transport.on('message', (/** @type {unknown} */ _message, /** @type {() => void} */ settle) => settle());
  transport.enableC2D(() => {});
  return transport;
}

module.exports = { name: 'packets', fuzz: fuzzPackets };
