// @ts-check
'use strict';

const http = require('node:http');
const { secureConnect } = require('./connection');
const { exchange } = require('./exchange');

/**
 * Requests over HTTPS by the trust of the sessions: each server is verified before it is told anything. Which status means
 * success is for who asks.
 */
class HttpsClient {
  #agent;
  #cloud;

  /**
   * @param {import('./connection').Way} way
   * @param {{ keepAlive?: boolean }} [options] `keepAlive`: connections serve the next request to the same server too.
   */
  constructor(way, { keepAlive = false } = {}) {
    this.#agent = new VerifiedAgent(way, keepAlive);
    this.#cloud = way.words.cloud;
  }

  /**
   * @param {import('./exchange').Request} request
   * @returns {Promise<import('./exchange').Answer>}
   * @throws {NotConnectedError} There is no connection, as a session would say it, or it broke off: `ERR_IOT_HTTP_BROKEN`.
   * @throws {TimeoutError} `ERR_IOT_HTTP_TIMEOUT`
   * @throws {OperationCancelledError} `ERR_IOT_ABORTED`: by `signal`, whose reason is the `cause`.
   * @throws {FormatError} `ERR_IOT_HTTP_ANSWER`: the answer is too large.
   */
  request(request) {
    return exchange(request, this.#agent, this.#cloud);
  }

  /** Ends all connections, and what is under way. */
  close() {
    this.#agent.destroy();
  }
}

/** Makes the connections; `node:http` speaks over them. */
class VerifiedAgent extends http.Agent {
  #way;
  #end = new AbortController();

  /**
   * @param {import('./connection').Way} way
   * @param {boolean} keepAlive
   */
  constructor(way, keepAlive) {
    super({ keepAlive });
    this.#way = way;
    // What node:http compares with the request.
    Object.assign(this, { protocol: 'https:' });
  }

  /**
   * @param {any} place
   * @param {any} callback `(error, socket)`
   * @returns {any} Nothing: the socket is given to the callback.
   */
  createConnection({ host, port }, callback) {
    secureConnect({ host, port }, this.#way, this.#end.signal).then(
      (socket) => callback(null, socket),
      callback,
    );
  }

  destroy() {
    this.#end.abort();
    super.destroy();
  }
}

module.exports = { HttpsClient };
