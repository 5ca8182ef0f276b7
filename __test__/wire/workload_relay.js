'use strict';

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

/** The workload API on a socket of its own, which can be away, hang, be back, or be another one. */
class WorkloadRelay {
  /** So many requests came through. */
  connections = 0;
  /** What comes is taken, and not answered. */
  hangs = false;
  /** @type {Set<net.Socket>} */
  #sockets = new Set();
  /** @type {net.Server | undefined} */
  #server;
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'workload-relay-'));
  #onward;

  /** @param {string} uri Of the API itself. */
  constructor(uri) {
    this.#onward = new URL(uri).pathname;
  }

  get uri() {
    return `unix://${this.#socket}`;
  }

  get #socket() {
    return path.join(this.#folder, 'workload.sock');
  }

  async listen() {
    const server = net.createServer((socket) => this.#relay(socket));
    server.listen(this.#socket);
    await once(server, 'listening');
    this.#server = server;
    return this;
  }

  /** As killed: connections end, and the socket is gone. */
  async kill() {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
    fs.rmSync(this.#socket, { force: true });
  }

  async close() {
    await this.kill();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #relay(socket) {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    if (this.hangs) return;
    const onward = net.connect(this.#onward);
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  }
}

module.exports = { WorkloadRelay };
