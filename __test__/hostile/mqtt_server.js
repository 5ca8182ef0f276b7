'use strict';

const { fork } = require('node:child_process');
const tls = require('node:tls');
const { chainOfAll } = require('../wire/brokers');

/**
 * A hostile MQTT server, in a process of its own, so that it floods whatever the client is busy with.
 *
 * @typedef {object} Manners
 * @property {'connect' | 'subscribe'} [when] When it does what follows. Default: `connect`, after CONNACK.
 * @property {string} [hex] Bytes to be sent.
 * @property {{ qos: 0 | 1, payload?: number, count: number, properties?: string }} [flood] PUBLISHes to be sent, to the
 *   device's topic, with `payload` bytes.
 * @property {boolean} [reads] `false`: after CONNECT it reads nothing more.
 * @property {boolean} [acknowledges] `false`: no PUBACK.
 */

/**
 * @param {import('node:test').TestContext} t Ended when it is over.
 * @param {Manners} manners
 */
async function hostileServer(t, manners) {
  const { chainPem: cert, serverKeyPem: key, rootPem } = await chainOfAll();
  const child = fork(__filename, ['serve']);
  t.after(() => child.kill('SIGKILL'));
  const answers = [];
  child.on('message', (answer) => answers.shift()(answer));
  const ask = (what) =>
    new Promise((resolve) => {
      answers.push(resolve);
      child.send(what);
    });
  const { port } = await ask({ cert, key, manners });
  const connectionString = `HostName=hub.example;DeviceId=pump;SharedAccessKey=a2V5;GatewayHostName=localhost:${port}`;
  return {
    connectionString,
    chain: { rootPem },
    /** What it has counted: connections, PUBACKs read, bytes that the client's side has taken. */
    counts: () => ask('counts'),
  };
}

// In the child.

const TOPIC = 'devices/pump/messages/devicebound/';
/** Bytes handed to the socket at a time. */
const CHUNK = 60_000;

function packet(first, body) {
  const head = [first];
  for (let left = body.length; ;) {
    const more = left >= 128;
    head.push((left & 127) | (more ? 128 : 0));
    left >>= 7;
    if (!more) return Buffer.concat([Buffer.from(head), body]);
  }
}

function publish({ qos, payload = 0, properties = '' }) {
  const topic = Buffer.from(TOPIC + properties);
  const length = Buffer.from([topic.length >> 8, topic.length & 255]);
  const id = qos === 0 ? [] : [Buffer.from([0, 1])];
  return packet(0x30 | (qos << 1), Buffer.concat([length, topic, ...id, Buffer.alloc(payload, 'x')]));
}

/** Calls `take` with the first byte and the body of each whole packet; gives back what is left. */
function cut(bytes, take) {
  for (;;) {
    let length = 0;
    let at = 1;
    for (let shift = 0; ; shift += 7, at += 1) {
      if (at >= bytes.length) return bytes;
      length |= (bytes[at] & 127) << shift;
      if (bytes[at] < 128) break;
    }
    const end = at + 1 + length;
    if (bytes.length < end) return bytes;
    take(bytes[0], bytes.subarray(at + 1, end));
    bytes = bytes.subarray(end);
  }
}

function serve({ cert, key, manners }) {
  const counts = { connections: 0, pubacks: 0, pings: 0, publishes: 0, sent: 0 };
  const { when = 'connect', hex = '', flood, reads = true, acknowledges = true } = manners;

  const attack = (socket) => {
    socket.write(Buffer.from(hex, 'hex'));
    if (!flood) return;
    const one = publish(flood);
    const per = Math.max(1, Math.floor(CHUNK / one.length));
    const chunk = Buffer.concat(Array(per).fill(one));
    let left = flood.count;
    const go = () => {
      while (left > 0 && !socket.destroyed) {
        const now = Math.min(per, left);
        left -= now;
        counts.sent += now;
        if (!socket.write(chunk.subarray(0, now * one.length))) return void socket.once('drain', go);
      }
    };
    go();
  };

  const server = tls.createServer({ cert, key }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const answers = [];
      let attacks = false;
      rest = cut(Buffer.concat([rest, data]), (first, body) => {
        const type = first >> 4;
        if (type === 1) {
          counts.connections += 1;
          answers.push([0x20, 2, 0, 0]);
          attacks ||= when === 'connect';
          if (!reads) socket.pause();
        } else if (type === 3 && first & 6 && acknowledges) {
          counts.publishes += 1;
          const at = 2 + body.readUInt16BE(0);
          answers.push([0x40, 2, body[at], body[at + 1]]);
        } else if (type === 4) counts.pubacks += 1;
        else if (type === 8) {
          answers.push([0x90, 3, body[0], body[1], 1]);
          attacks ||= when === 'subscribe';
        } else if (type === 10) answers.push([0xb0, 2, body[0], body[1]]);
        else if (type === 12) {
          counts.pings += 1;
          answers.push([0xd0, 0]);
        } else if (type === 14) socket.end();
      });
      if (answers.length > 0) socket.write(Buffer.from(answers.flat()));
      if (attacks) attack(socket);
    });
  });
  server.on('tlsClientError', () => {});
  process.on('message', () => process.send(counts));
  process.on('disconnect', () => process.exit());
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
}

if (require.main === module && process.argv[2] === 'serve') process.once('message', serve);

module.exports = { hostileServer };
