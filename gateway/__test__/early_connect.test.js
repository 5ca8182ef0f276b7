// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { Duplex } = require('node:stream');
const { test } = require('node:test');
const tls = require('node:tls');
const { readFaults } = require('..');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
} = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

/** TCP beneath TLS that holds back all behind ClientHello, so that a test decides what travels in one segment. */
class Transport extends Duplex {
  #greeted = false;
  /** @type {Buffer[] | undefined} */
  #held = [];

  /**
   * @param {net.Socket} tcp
   */
  constructor(tcp) {
    super();
    this.tcp = tcp;
    tcp.on('data', (chunk) => this.push(chunk));
    tcp.on('error', (error) => this.destroy(error));
    tcp.on('close', () => this.destroy());
  }

  _read() {}

  /**
   * @param {Buffer} chunk
   * @param {BufferEncoding} _
   * @param {(error?: Error | null) => void} done
   */
  _write(chunk, _, done) {
    if (this.#greeted && this.#held) this.#held.push(chunk);
    else this.tcp.write(chunk);
    this.#greeted = true;
    done();
  }

  /**
   * @param {Error | null} error
   * @param {(error: Error | null) => void} done
   */
  _destroy(error, done) {
    this.tcp.destroy();
    done(error);
  }

  /** What was held back, to be written by the test; what follows goes its way. */
  release() {
    const held = Buffer.concat(this.#held ?? []);
    this.#held = undefined;
    return held;
  }
}

/**
 * A device whose last flight of the handshake is held back, together with what it sends next.
 * @param {Gateway} gateway
 * @param {Buffer} early sent right behind Finished
 * @param {tls.ConnectionOptions & { port?: number }} [options]
 */
async function hasty(gateway, early, { port = gateway.port, ...options } = {}) {
  const transport = new Transport(net.connect({ port, host: gateway.host, noDelay: true }));
  const secure = tls.connect({ socket: transport, ca: gateway.rootPem, servername: 'localhost', ...options });
  const device = new RawDevice(transport.tcp, secure);
  await once(secure, 'secureConnect');
  await new Promise((resolve) => secure.write(early, resolve));
  return { device, transport, flight: transport.release() };
}

/**
 * The session ticket: Finished was read.
 * @param {RawDevice} device
 */
async function ticket({ secure }) {
  await once(secure, 'session');
  // What is written while TLS tells of the ticket does not leave.
  await new Promise(setImmediate);
}

const DROP = { secure: /** @type {const} */ ('drop-early-connect') };

test('F1 a CONNECT in one read with Finished is lost: silence, and the end of the time for CONNECT', async (t) => {
  const gateway = await gatewayFor(t, { faults: DROP, limits: { connectTimeoutMs: 150 } });
  const refused = once(gateway, 'refused');
  const connect = connectPacket(gateway);
  const { device, transport, flight } = await hasty(gateway, connect);
  assert.strictEqual(device.secure.getProtocol(), 'TLSv1.3');
  transport.tcp.write(flight);
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(await device.end, 'FIN');
  const [{ reason, returnCode }] = await refused;
  assert.deepStrictEqual(
    [reason, returnCode],
    [
      `no CONNECT within 150 ms; fault: ${connect.length} bytes that came with Finished were dropped`,
      undefined,
    ],
  );
});

test('F1 without the fault the same flight is served', async (t) => {
  const gateway = await gatewayFor(t);
  const { device, transport, flight } = await hasty(gateway, connectPacket(gateway));
  transport.tcp.write(flight);
  assert.strictEqual(await device.bytes(4), ACCEPTED);
  device.vanish();
});

test('F1 all that came with Finished is lost, what follows is read from its beginning', async (t) => {
  const gateway = await gatewayFor(t, { faults: DROP });
  const publish = publishPacket('devices/d1/messages/events/');
  const { device, transport, flight } = await hasty(
    gateway,
    Buffer.concat([connectPacket(gateway), publish]),
  );
  transport.tcp.write(flight);
  await ticket(device);
  device.send(connectPacket(gateway), PINGREQ);
  assert.strictEqual(await device.bytes(6), ACCEPTED + PINGRESP);
  assert.strictEqual(gateway.counts.received, 0);
  device.vanish();
});

test('F1 a CONNECT of a later read is served, also one that is only completed by it', async (t) => {
  const gateway = await gatewayFor(t, { faults: DROP });
  for (const behind of [0, 1, 20]) {
    const { device, transport, flight } = await hasty(gateway, connectPacket(gateway));
    // The last record of the flight is that of CONNECT.
    const split = behind === 0 ? startOfLastRecord(flight) : flight.length - behind;
    transport.tcp.write(flight.subarray(0, split));
    await ticket(device);
    transport.tcp.write(flight.subarray(split));
    assert.strictEqual(await device.bytes(4), ACCEPTED, `${behind} bytes later`);
    device.vanish();
  }
});

test('F1 a device in no hurry, TLS 1.2, and TLS 1.2 resumed are served', async (t) => {
  const gateway = await gatewayFor(t, { faults: DROP });
  const patient = await RawDevice.open(gateway);
  await ticket(patient);
  patient.send(connectPacket(gateway));
  assert.strictEqual(await patient.bytes(4), ACCEPTED);
  patient.vanish();

  const full = await RawDevice.open(gateway, { maxVersion: 'TLSv1.2' });
  full.send(connectPacket(gateway));
  assert.strictEqual(await full.bytes(4), ACCEPTED);
  const session = /** @type {Buffer} */ (full.secure.getSession());
  full.vanish();

  const resumed = await hasty(gateway, connectPacket(gateway), { maxVersion: 'TLSv1.2', session });
  assert.ok(resumed.device.secure.isSessionReused());
  resumed.transport.tcp.write(resumed.flight);
  assert.strictEqual(await resumed.device.bytes(4), ACCEPTED);
  resumed.device.vanish();
});

test('F1 HTTPS is spared, also on the port of MQTT', async (t) => {
  for (const webSocketPort of /** @type {const} */ ([0, 'same'])) {
    const gateway = await gatewayFor(t, { faults: DROP, webSocketPort });
    const request = Buffer.from(
      'POST /devices/d1/messages/events HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
    );
    const { device, transport, flight } = await hasty(gateway, request, { port: gateway.webSocketPort });
    transport.tcp.write(flight);
    assert.match(Buffer.from(await device.bytes(12), 'hex').toString(), /^HTTP\/1.1 404?/);
    device.vanish();
  }
});

test('F1 as text, as JSON, and by a function: one connection is hit, the next is not', async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const script = path.join(directory, 'early.json');
  fs.writeFileSync(script, '{ "secure@1": "drop-early-connect" }');
  /** @type {import('..').Faults[]} */
  const notations = [
    readFaults(['secure@1=drop-early-connect']),
    readFaults([script]),
    { secure: ({ connectionNumber }) => (connectionNumber === 1 ? 'drop-early-connect' : undefined) },
  ];
  for (const faults of notations) {
    const gateway = await gatewayFor(t, { faults, limits: { connectTimeoutMs: 100 } });
    for (const expected of ['', ACCEPTED]) {
      const { device, transport, flight } = await hasty(gateway, connectPacket(gateway));
      transport.tcp.write(flight);
      assert.strictEqual(await device.bytes(4), expected);
      device.vanish();
    }
  }
});

/**
 * @param {Buffer} flight TLS records
 */
function startOfLastRecord(flight) {
  let last = 0;
  for (let at = 0; at < flight.length; at += 5 + flight.readUInt16BE(at + 3)) last = at;
  return last;
}
