// @ts-check
'use strict';

const http = require('node:http');
const { pipeline } = require('node:stream');
const { LongTimer } = require('../plumbing/long_timer');
const { abortedBy } = require('../session/operation_failure');
const { FormatError, NotConnectedError, TimeoutError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** Of HTTPS. */
const PORT = 443;
/** How long it may take. Milliseconds; as an operation of a session. */
const TIMEOUT_MS = 240_000;
/** What is larger is no answer to anything this package asks. Bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * @typedef {object} Request
 * @property {string} host A name or an address, without brackets.
 * @property {number} [port] Default 443.
 * @property {string} method
 * @property {string} path With the query, which no error shows: it may hold a token.
 * @property {Record<string, string | number>} [headers]
 * @property {string | Uint8Array | import('node:stream').Readable} [body]
 * @property {number} [timeoutMs] For all of it, the connection included. Default: four minutes; `Infinity`: no limit.
 * @property {number} [idleMs] How long nothing may be sent and nothing come. Default: as long as all of it may take.
 * @property {AbortSignal} [signal]
 * @property {number} [mostBytes] Of the answer's body. Default: 1 MiB.
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} statusText
 * @property {import('node:http').IncomingHttpHeaders} headers Names in lower case.
 * @property {Buffer} body
 */

/**
 * One request and its answer.
 *
 * @param {Request} request
 * @param {import('node:http').Agent} agent Of HTTPS.
 * @param {import('../failures/connection_failure').Cloud} [cloud] What the server is, if not a gateway.
 * @returns {Promise<Answer>}
 */
function exchange(request, agent, cloud) {
  const { host, port = PORT, method, path, headers, body, signal } = request;
  const { timeoutMs = TIMEOUT_MS, idleMs = 0, mostBytes = MOST_BYTES } = request;
  const told = toldOf(request, cloud);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedBy(signal));
      return;
    }
    const sent = http.request({ agent, protocol: 'https:', host, port, method, path, headers });
    const end = () => {
      timer.clear();
      signal?.removeEventListener('abort', aborted);
    };
    const fail = (/** @type {Error} */ error) => {
      end();
      reject(error);
      sent.destroy();
    };
    const broken = (/** @type {any} */ error) => fail(isOurs(error) ? error : brokenOff(told, error));
    const aborted = () => fail(abortedBy(/** @type {AbortSignal} */ (signal)));
    const timer = new LongTimer(() => fail(timedOut(told, timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', aborted);
    sent.on('error', broken);
    sent.setTimeout(idleMs, () => fail(timedOut(told, idleMs)));
    sent.on('response', (response) => {
      read(response, mostBytes).then(
        (answer) => {
          end();
          resolve(answer);
          // What was refused need not be sent to its end.
          if (!sent.writableFinished) sent.destroy();
        },
        (error) => (error instanceof RangeError ? fail(tooLarge(told, mostBytes)) : broken(error)),
      );
    });
    send(body, sent, fail);
  });
}

/**
 * @param {Request['body']} body
 * @param {import('node:http').ClientRequest} sent
 * @param {(error: Error) => void} fail
 */
function send(body, sent, fail) {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    sent.end(body);
    return;
  }
  // The app's own stream failed: that is what it is told.
  body.once('error', fail);
  // Whatever else ends it, the request tells.
  pipeline(body, sent, () => {});
}

/**
 * @param {import('node:http').IncomingMessage} response
 * @param {number} mostBytes
 * @returns {Promise<Answer>}
 * @throws {RangeError} It has more.
 */
async function read(response, mostBytes) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RangeError();
    chunks.push(chunk);
  }
  const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
  return { status, statusText, headers, body: Buffer.concat(chunks) };
}

/**
 * For the messages of errors.
 *
 * @typedef {object} Told
 * @property {string} what `POST /devices/d/files`
 * @property {string} server `IoT Hub at hub.azure-devices.net:443`
 * @property {boolean} isOddPort It is a gateway, at another port than that of HTTPS.
 */

/**
 * @param {Pick<Request, 'host' | 'port' | 'method' | 'path'>} request
 * @param {string} [cloud]
 * @returns {Told}
 */
function toldOf(request, cloud) {
  const isOddPort = cloud === undefined && ![undefined, PORT].includes(request.port);
  return { what: whatOf(request), server: serverOf(request, cloud), isOddPort };
}

/** @type {Record<string, string>} */
const NAMES = { hub: 'IoT Hub', storage: 'The blob store' };

/**
 * @param {Pick<Request, 'host' | 'port'>} place
 * @param {string} [cloud]
 */
function serverOf({ host, port = PORT }, cloud = '') {
  return `${NAMES[cloud] ?? 'The gateway'} at ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** @param {Pick<Request, 'method' | 'path'>} request @returns {string} Without the query. */
function whatOf({ method, path }) {
  return `${method} ${path.replace(/\?.*/s, '')}`;
}

/** @param {any} error */
function isOurs(error) {
  return typeof error?.code === 'string' && error.code.startsWith('ERR_IOT_');
}

/**
 * @param {Told} told
 * @param {number} ms
 */
function timedOut({ server, what }, ms) {
  const message = `${server} did not answer ${what} within ${ms} ms`;
  return failure(TimeoutError, 'ERR_IOT_HTTP_TIMEOUT', message, {
    hint: 'It was not reachable, or is slow. Try again, or allow more time.',
  });
}

const TRY_AGAIN = 'It may be restarting, or something on the way cuts connections. Try again.';
const NO_HTTPS = `${TRY_AGAIN} If it goes on, the port may be that of MQTT alone: one in GatewayHostName is that of HTTPS, too.`;

/**
 * @param {Told} told
 * @param {Error} cause
 */
function brokenOff({ server, what, isOddPort }, cause) {
  const message = `${server} broke the connection off before it answered ${what}: ${cause.message}`;
  return failure(NotConnectedError, 'ERR_IOT_HTTP_BROKEN', message, {
    hint: isOddPort ? NO_HTTPS : TRY_AGAIN,
    cause,
  });
}

/**
 * @param {Told} told
 * @param {number} bytes
 */
function tooLarge({ server, what }, bytes) {
  const message = `${server} answers ${what} with more than ${bytes} bytes`;
  return failure(FormatError, 'ERR_IOT_HTTP_ANSWER', message, {
    hint: 'Something else answers in its place, such as a proxy with a page for people.',
  });
}

module.exports = { exchange, timedOut, toldOf };
