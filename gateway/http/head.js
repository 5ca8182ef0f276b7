// @ts-check
'use strict';

const http = require('node:http');
const { ENDS } = require('../connection/endings');
const { Faults } = require('../faults/faults');
const { AbortedError, Body, HttpError } = require('./body');
const { Frames } = require('./frames');
const { answerUpgrade } = require('./handshake');
const { KESTREL, Patience } = require('./patience');
const { handlerOf } = require('./routes');
const { HttpStream } = require('./stream');

/**
 * @typedef {import('../connection/connection').Connection} Connection
 * @typedef {import('./routes').HttpResponse} HttpResponse
 */

/**
 * The HTTPS side of a gateway: upgrades to WebSocket, on which the connection goes on as one of MQTT, and requests.
 * It owns no port; connections come decrypted.
 */
class HttpHead {
  #routes;
  #emit;
  #faults;
  #times;
  #server;

  /**
   * @param {object} options
   * @param {import('./routes').Route[]} options.routes without one, 404 is the answer
   * @param {import('../faults/faults').Faults} [options.faults] default none
   * @param {(event: string, detail: object) => void} options.emit
   * @param {import('./patience').Times} [options.times]
   */
  constructor({ routes, faults = new Faults(), emit, times = KESTREL }) {
    this.#routes = routes;
    this.#faults = faults;
    this.#emit = emit;
    this.#times = times;
    this.#server = http.createServer({ keepAliveTimeout: times.idleMs });
    this.#server.on('request', (request, response) => this.#serve(request, response, () => {}));
    this.#server.on('checkContinue', (request, response) =>
      this.#serve(request, response, () => response.writeContinue()),
    );
    this.#server.on('upgrade', (request, stream, head) => this.#upgrade(request, stream, head));
    this.#server.on('clientError', (error, stream) => this.#object(error, stream));
  }

  /**
   * @param {Connection} connection whose bytes are HTTP from now on
   * @returns {HttpStream} where they go
   */
  serve(connection) {
    const patience = new Patience(this.#times, (reason, status) => {
      if (connection.state === 'ended') return;
      if (status) connection.wire.write(headOf(status, {}));
      connection.end(`HTTP: ${reason}`, ENDS.CLOSED);
    });
    const stream = new HttpStream(connection, patience);
    this.#server.emit('connection', stream);
    return stream;
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   * @param {() => void} onBodyWanted
   */
  #serve(request, response, onBodyWanted) {
    const stream = streamOf(request.socket);
    if (!stream) return;
    const { connection, patience } = stream;
    connection.serveHttp();
    patience.asked();
    const body = new Body(request, patience, onBodyWanted);
    const { method = '' } = request;
    const fault = this.#faults.at('request', { method, path: pathOf(request) }, connection.info);
    const answered =
      fault === undefined
        ? this.#answer(request, body, connection)
        : faulty(fault, connection).then((answer) => answer ?? this.#answer(request, body, connection));
    answered.then(
      (answer) => {
        if (!answer || connection.state === 'ended') return;
        connection.guard(() => {
          response.statusCode = answer.status;
          response.setHeaders(new Map(Object.entries(answer.headers ?? {})));
          if (body.isTooMuch) {
            response.setHeader('connection', 'close');
            stream.isDeaf = true;
          }
          response.end(answer.body);
          body.leave();
          const { status } = answer;
          this.#emit('request', { ...connection.info, method, path: pathOf(request), status });
        });
      },
      (error) => connection.fail(error),
    );
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {Body} body
   * @param {Connection} connection
   * @returns {Promise<HttpResponse | undefined>} undefined: there is nobody to answer
   */
  async #answer(request, body, connection) {
    const path = pathOf(request);
    const handle = handlerOf(this.#routes, request.method ?? '', path);
    try {
      const readBody = (/** @type {number} */ most) => body.read(most);
      const query = new URLSearchParams(request.url?.slice(path.length));
      const { clientCertificates: certificates } = connection.wire;
      return await handle({ path, query, headers: request.headers, certificates, readBody });
    } catch (error) {
      if (error instanceof HttpError) return { status: error.status };
      if (error instanceof AbortedError) return undefined;
      throw error;
    }
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {import('node:stream').Duplex} duplex
   * @param {Buffer} head
   */
  #upgrade(request, duplex, head) {
    const stream = streamOf(duplex);
    if (!stream) return;
    const { connection } = stream;
    const { status, headers, reason } = answerUpgrade(request);
    connection.wire.write(headOf(status, headers));
    if (status !== 101) return connection.end(reason, ENDS.CLOSED);
    const frames = new Frames({
      onData: (chunk) => connection.read(chunk),
      onReply: (frame) => connection.wire.write(frame),
      onEnd: (error) => connection.finish(error),
    });
    connection.serveWebSocket(frames, Buffer.concat([head, stream.release()]));
  }

  /**
   * @param {Error} error what came is no HTTP, or the connection was lost
   * @param {import('node:stream').Duplex} duplex
   */
  #object(error, duplex) {
    const stream = streamOf(duplex);
    if (!stream) return;
    stream.connection.wire.write(headOf(400, {}));
    stream.connection.end(`HTTP: ${error.message}`, ENDS.CLOSED);
  }
}

/**
 * @param {import('node:stream').Duplex} duplex as node:http knows it
 * @returns {HttpStream | undefined} undefined: its connection has ended, and what comes is no longer answered
 */
function streamOf(duplex) {
  const stream = /** @type {HttpStream} */ (/** @type {unknown} */ (duplex));
  return stream.connection.state === 'ended' ? undefined : stream;
}

/**
 * Commits a fault.
 * @param {import('../index').RequestFault} fault
 * @param {Connection} connection
 * @returns {Promise<HttpResponse | undefined>} what is answered without a look at the request; never settled where nothing is
 */
function faulty(fault, connection) {
  const { status, body = '', ...disturbance } = typeof fault === 'object' ? fault : {};
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = status === undefined ? undefined : { status, headers, body };
  return new Promise((resolve) => {
    connection.commit(typeof fault === 'object' ? disturbance : fault, () => resolve(answer));
  });
}

/**
 * @param {http.IncomingMessage} request
 */
const pathOf = ({ url = '' }) => url.split('?', 1)[0];

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
