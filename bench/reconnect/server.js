// @ts-check
'use strict';

/**
 * A gateway that misbehaves as told, in a process of its own: it acknowledges publishes, cuts connections, keeps or forgets
 * sessions, lets the newest connection of a device win, and counts. Told by messages of its parent, answers by messages.
 */

const tls = require('node:tls');
const mqtt = require('mqtt-packet');

/**
 * @typedef {object} Options
 * @property {string} key
 * @property {string} cert
 * @property {'fin' | 'rst'} [how] How it cuts.
 * @property {number} [cutEvery] At each such publish.
 * @property {boolean} [forgets] Its sessions.
 */

/** @type {Map<string, import('node:tls').TLSSocket>} */
const owners = new Map();
/** Numbers of the messages, in the order of first reception, and those that came again. */
const order = [];
const seen = new Set();
/** @type {Options} */
let options;
const counts = { connects: 0, publishes: 0, unmarked: 0, marked: 0, cuts: 0 };
/** When each connection was made, by device; milliseconds. @type {Record<string, number[]>} */
const times = {};

/** @param {import('node:tls').TLSSocket} socket */
function cut(socket) {
  counts.cuts += 1;
  if (options.how === 'rst') /** @type {any} */ (socket)._parent?.resetAndDestroy() ?? socket.destroy();
  else socket.end();
}

/** @param {import('node:tls').TLSSocket} socket */
function serve(socket) {
  const parser = mqtt.parser();
  let id = '';
  let dead = false;
  socket.setNoDelay(true).on('error', () => {});
  socket.on('data', (data) => !dead && parser.parse(data));
  socket.on('close', () => owners.get(id) === socket && owners.delete(id));
  const send = (/** @type {any} */ packet) => socket.write(mqtt.generate(packet));
  parser.on('error', () => socket.destroy());
  parser.on('packet', (/** @type {any} */ packet) => {
    if (dead) return;
    if (packet.cmd === 'connect') {
      id = packet.clientId;
      counts.connects += 1;
      (times[id] ??= []).push(performance.now());
      send({ cmd: 'connack', returnCode: 0, sessionPresent: !options.forgets && times[id].length > 1 });
      const older = owners.get(id);
      owners.set(id, socket);
      older?.end();
    } else if (packet.cmd === 'publish') {
      counts.publishes += 1;
      store(packet);
      if (options.cutEvery && counts.publishes % options.cutEvery === 0) {
        dead = true;
        cut(socket);
      } else if (packet.qos > 0) send({ cmd: 'puback', messageId: packet.messageId });
    } else if (packet.cmd === 'subscribe') {
      send({ cmd: 'suback', messageId: packet.messageId, granted: packet.subscriptions.map(() => 1) });
    } else if (packet.cmd === 'pingreq') send({ cmd: 'pingresp' });
    else if (packet.cmd === 'disconnect') socket.end();
  });
}

/** @param {{ topic: string, dup: boolean }} packet */
function store({ topic, dup }) {
  const number = Number(/[/&]n=(\d+)/.exec(topic)?.[1]);
  if (!seen.has(number)) {
    seen.add(number);
    order.push(number);
  } else if (dup) counts.marked += 1;
  else counts.unmarked += 1;
}

function disordered() {
  return order.filter((number, place) => place > 0 && number < order[place - 1]).length;
}

process.on('message', (/** @type {any} */ told) => {
  if (told.start) {
    options = told.start;
    const server = tls.createServer({ key: options.key, cert: options.cert }, serve);
    server.on('tlsClientError', () => {});
    const listen = () =>
      server.listen(told.start.port ?? 0, '127.0.0.1', () => {
        process.send?.({ port: /** @type {any} */ (server.address()).port });
      });
    listen();
  } else if (told.cut) {
    for (const socket of owners.values()) cut(socket);
  } else if (told.counts) {
    process.send?.({ ...counts, received: seen.size, disordered: disordered(), times });
  }
});
process.on('disconnect', () => process.exit());
