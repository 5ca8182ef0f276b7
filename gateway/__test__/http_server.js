// @ts-check
'use strict';

const { EventEmitter, once } = require('node:events');
const net = require('node:net');
const { HttpHead } = require('../http/head');
require('./rejections');

/**
 * The HTTP head of a gateway without the rest of it, on a port of its own and without TLS.
 * @param {import('node:test').TestContext} t
 * @param {Omit<ConstructorParameters<typeof HttpHead>[0], 'emit'>} options
 */
async function httpServer(t, options) {
  const told = new EventEmitter();
  const head = new HttpHead({ ...options, emit: (event, detail) => told.emit(event, detail) });
  /** @type {string[]} why connections ended */
  const ends = [];
  const server = net.createServer((socket) => {
    const wire = {
      congested: false,
      write: (/** @type {Buffer} */ bytes) => socket.write(bytes),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
    const connection = {
      state: 'connecting',
      info: {},
      wire,
      serveHttp() {},
      guard: (/** @type {() => void} */ action) => action(),
      end(/** @type {string} */ reason) {
        if (this.state === 'ended') return;
        this.state = 'ended';
        ends.push(reason);
        socket.end();
        stream.destroy();
      },
    };
    const stream = head.serve(/** @type {any} */ (connection));
    socket.on('data', (chunk) => stream.feed(chunk)).on('error', () => {});
    socket.on('close', () => stream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { port, told, ends };
}

/**
 * Sends a request in pieces, and gives all that comes back.
 * @param {number} port
 * @param {...string} pieces
 * @returns {Promise<string>}
 */
async function exchange(port, ...pieces) {
  const socket = net.connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk)).on('error', () => {});
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (!socket.closed) await once(socket, 'close');
  return received;
}

module.exports = { exchange, httpServer };
