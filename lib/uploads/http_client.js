// @ts-check
'use strict';

const { HttpsClient } = require('../https/client');

/** A request of the store that makes no progress for so long is given up, and sent again. Milliseconds. */
const IDLE_MS = 60_000;
/** Which failures may pass by themselves: @azure/storage-blob sends such a request again. */
const PASSING =
  /^ERR_IOT_(HTTP_(BROKEN|TIMEOUT)|CONNECTION_RE|TIMEOUT_|UNREACHABLE|NAME_RESOLUTION|(CLOSED|RESET)_DURING)/;
/** What it takes for such a failure: by code, and since 12.17 by name as well. */
const SEND_AGAIN = 'REQUEST_SEND_ERROR';
const ERROR_NAME = 'RestError';

/**
 * What `@azure/storage-blob` sends its requests by, in place of its own: the blob store is verified, and a proxy gone through,
 * as the hub is.
 */
class StoreHttpClient {
  #client;

  /** @param {import('../https/connection').Way} way */
  constructor(way) {
    this.#client = new HttpsClient(way, { keepAlive: true });
  }

  /**
   * @param {any} request Of the interface that all releases have: `url`, `method`, `headers`, `body`, `abortSignal`.
   * @returns {Promise<any>}
   */
  async sendRequest(request) {
    const { url, method, headers, body, abortSignal } = request;
    const { hostname, port, pathname, search } = new URL(url);
    try {
      const answer = await this.#client.request({
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        ...(port !== '' && { port: Number(port) }),
        method,
        path: pathname + search,
        headers: headers.rawHeaders(),
        body: typeof body === 'function' ? body() : (body ?? undefined),
        signal: abortSignal,
        timeoutMs: Infinity,
        idleMs: IDLE_MS,
      });
      const { status } = answer;
      return { request, status, headers: received(headers, answer), bodyAsText: answer.body.toString() };
    } catch (error) {
      throw PASSING.test(/** @type {any} */ (error).code) ? sendAgain(error) : error;
    }
  }

  close() {
    this.#client.close();
  }
}

/**
 * @param {any} sent Of the library's class, which it wants those of the answer to be of.
 * @param {import('../https/exchange').Answer} answer
 */
function received(sent, answer) {
  const headers = sent.clone();
  for (const name of headers.headerNames()) headers.remove(name);
  for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
  return headers;
}

/** @param {any} cause */
function sendAgain(cause) {
  return Object.assign(new Error(cause.message, { cause }), { name: ERROR_NAME, code: SEND_AGAIN });
}

/**
 * @param {any} error Of the library.
 * @returns {any} That of this package, where it comes from here; else without its secret.
 */
function originOf(error) {
  return error?.code === SEND_AGAIN && error.cause ? error.cause : concealed(error);
}

/**
 * The URL that was asked has the signature. The library's class hides it from `util.inspect`, but not from JSON, nor from what
 * Node prints of an error that nobody caught.
 *
 * @param {any} error
 */
function concealed(error) {
  for (const name of ['request', 'response']) {
    if (error?.[name]) Object.defineProperty(error, name, { enumerable: false });
  }
  return error;
}

module.exports = { StoreHttpClient, originOf };
