// @ts-check
'use strict';

const http = require('node:http');
const { ENDS } = require('../connection/endings');
const { Frames } = require('./frames');
const { answerUpgrade } = require('./handshake');
const { handlerOf } = require('./routes');

/**
 * @typedef {import('../connection/connection').Connection} Connection
 */

/** How long a connection may be idle between two requests, as Kestrel's; milliseconds. */
const IDLE_MS = 130000;

/** Of the body of a request, as Kestrel's; bytes. */
const MAX_BODY = 30000000;

/**
 * The HTTPS side of a gateway (contract edge-gateway.md §1.1): upgrades to WebSocket, on which the connection goes on
 * as one of MQTT, and requests. It owns no port; connections come decrypted.
 */
class HttpHead {
  #routes;
  #emit;
  /** @type {WeakMap<import('node:stream').Duplex, Connection>} */
  #connections = new WeakMap();
  #server;

  /**
   * @param {object} options
   * @param {import('./routes').Route[]} options.routes without one, 404 is the answer
   * @param {(event: string, detail: object) => void} options.emit
   */
  constructor({ routes, emit }) {
    this.#routes = routes;
    this.#emit = emit;
    this.#server = http.createServer({ keepAliveTimeout: IDLE_MS });
    this.#server.on('request', (request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (error, socket) => this.#object(error, socket));
  }

  /**
   * @param {Connection} connection
   * @param {import('node:net').Socket} socket of it, paused, with the beginning of a request
   */
  serve(connection, socket) {
    this.#connections.set(socket, connection);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #answer(request, response) {
    const connection = this.#connectionOf(request.socket);
    if (!connection) return;
    connection.serveHttp();
    const { method = '', headers, url = '' } = request;
    const [path] = url.split('?', 1);
    const body = await bodyOf(request);
    if (body === 'aborted') return;
    const handle = handlerOf(this.#routes, method, path);
    const answer = body === 'too long' ? { status: 413 } : await handle({ path, headers, body });
    response.statusCode = answer.status;
    response.setHeaders(new Map(Object.entries(answer.headers ?? {})));
    response.end(answer.body);
    this.#emit('request', { ...connection.info, method, path, status: answer.status });
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {import('node:stream').Duplex} socket
   * @param {Buffer} head
   */
  #upgrade(request, socket, head) {
    const connection = this.#connectionOf(socket);
    if (!connection) return;
    const { status, headers, reason } = answerUpgrade(request);
    connection.wire.write(headOf(status, headers));
    if (status !== 101) return connection.end(reason, ENDS.CLOSED);
    const frames = new Frames({
      onData: (chunk) => connection.read(chunk),
      onReply: (frame) => connection.wire.write(frame),
      onEnd: (error) => connection.finish(error),
    });
    connection.serveWebSocket(frames, head);
  }

  /**
   * @param {Error} error what came is no HTTP, or the connection was lost
   * @param {import('node:stream').Duplex} socket
   */
  #object(error, socket) {
    const connection = this.#connectionOf(socket);
    if (!connection) return;
    connection.wire.write(headOf(400, {}));
    connection.end(`HTTP: ${error.message}`, ENDS.CLOSED);
  }

  /**
   * @param {import('node:stream').Duplex} socket
   * @returns {Connection | undefined} undefined: it has ended, and what comes is no longer answered
   */
  #connectionOf(socket) {
    const connection = this.#connections.get(socket);
    return connection?.state === 'ended' ? undefined : connection;
  }
}

/**
 * @param {AsyncIterable<Buffer>} request
 * @returns {Promise<Buffer | 'too long' | 'aborted'>}
 */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += chunk.length;
      if (length <= MAX_BODY) chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return length <= MAX_BODY ? Buffer.concat(chunks) : 'too long';
}

/**
 * The head of a response, for a connection that node:http has left.
 * @param {number} status
 * @param {Record<string, string>} headers
 */
function headOf(status, headers) {
  const all = status === 101 ? headers : { Connection: 'close', 'Content-Length': '0' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
}

module.exports = { HttpHead };
