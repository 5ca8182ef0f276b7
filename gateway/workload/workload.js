// @ts-check
'use strict';

const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { requireValue } = require('../control/values');
const { answer } = require('./api');

/** Of a request, in bytes; a token to sign has some hundred. */
const MAX_BODY = 65536;

/** For a request to come as a whole. */
const REQUEST_MS = 10000;

/** Windows has no sockets of that kind that SDKs know. */
const HAS_SOCKETS = process.platform !== 'win32';

/** The workload API on a Unix socket and, if wanted, on a port of the loopback interface: plain HTTP, as there. */
class Workload {
  #surroundings;
  #onAnswered;
  /** @type {http.Server[]} */
  #servers = [];
  /** @type {string | undefined} removed with the gateway */
  #folder;
  /** @type {{ unix?: string, http?: string }} */
  #uris = {};
  #stopped = false;

  /**
   * @param {import('./api').Surroundings} surroundings
   * @param {(request: import('../index').WorkloadRequest) => void} onAnswered
   */
  constructor(surroundings, onAnswered) {
    this.#surroundings = surroundings;
    this.#onAnswered = onAnswered;
  }

  /**
   * @param {{ socket: string | undefined, port: number | undefined }} where undefined: not now
   * @throws {Error} names what cannot be listened on, and why
   */
  async start({ socket, port }) {
    if (socket !== undefined) {
      await listening(this.#serve().listen(socket), `'${socket}'`);
      this.#uris.unix = `unix://${socket}`;
    }
    if (port === undefined) return;
    const server = this.#serve();
    await listening(server.listen(port, '127.0.0.1'), `port ${port}`);
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    this.#uris.http = `http://127.0.0.1:${address.port}/`;
  }

  /**
   * Where a module finds it. The socket is made when it is first asked for.
   * @param {'unix' | 'http'} [kind]
   * @returns {string}
   * @throws {Error} there is none of that kind, or none any more
   */
  uri(kind = HAS_SOCKETS ? 'unix' : 'http') {
    requireValue('moduleEnvironment', { workload: kind }, "'unix' or 'http'", (value) =>
      ['unix', 'http'].includes(value),
    );
    if (this.#stopped) throw new Error('moduleEnvironment: the gateway was closed');
    if (kind === 'unix' && this.#uris.unix === undefined) {
      this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-workload-'));
      this.#listenAtOnce(path.join(this.#folder, 'workload.sock'));
    }
    const uri = this.#uris[kind];
    if (uri === undefined) throw new Error('the workload API has no port: startGateway({ workloadPort: 0 })');
    return uri;
  }

  /**
   * @param {string} socket in a folder of its own
   */
  #listenAtOnce(socket) {
    const server = this.#serve();
    server.on('error', () => {});
    server.listen(socket);
    if (!server.listening) throw new Error(`the workload API cannot listen on '${socket}'`);
    this.#uris.unix = `unix://${socket}`;
  }

  #serve() {
    const server = http.createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
    server.on('request', (request, response) => this.#answer(request, response));
    this.#servers.push(server);
    return server;
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #answer(request, response) {
    const { method = '', url = '' } = request;
    const body = await bodyOf(request);
    if (body === undefined) return response.destroy();
    const { status, body: json } = await answer({ method, url, body }, this.#surroundings);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
    this.#onAnswered({ method, path: url.split('?', 1)[0], status });
  }

  async stop() {
    this.#stopped = true;
    const closed = this.#servers.map((server) => server.listening && once(server, 'close'));
    this.#servers.forEach((server) => {
      server.close();
      server.closeAllConnections();
    });
    await Promise.all(closed);
    if (this.#folder !== undefined) fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * @param {http.Server} server
 * @param {string} where for the words of the error
 */
async function listening(server, where) {
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const problem = new Error(`the workload API cannot listen on ${where}: ${message}`, { cause: error });
    throw Object.assign(problem, { code });
  }
}

/**
 * @param {http.IncomingMessage} request
 * @returns {Promise<string | undefined>} undefined: too long, or the connection was lost
 */
async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > MAX_BODY) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}

module.exports = { Workload };
