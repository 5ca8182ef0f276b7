// @ts-check
'use strict';

const net = require('node:net');

/** @typedef {import('../..').PortAttempt} PortAttempt */

/** By the code of the operating system. */
const OUTCOMES = /** @type {Record<string, PortAttempt['outcome']>} */ ({
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timed-out',
  ECONNRESET: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
});

/**
 * Connects and closes.
 *
 * @param {string} address
 * @param {number} port
 * @param {number} limitMs
 * @returns {Promise<PortAttempt>}
 */
function tryPort(address, port, limitMs) {
  return new Promise((resolve) => {
    const begin = performance.now();
    const socket = net.connect({ host: address, port });
    const end = (/** @type {PortAttempt['outcome']} */ outcome, /** @type {string} */ error) => {
      clearTimeout(timer);
      socket.destroy();
      const ms = Math.round(performance.now() - begin);
      resolve({ address, port, outcome, ...(error && { error }), ms });
    };
    const timer = setTimeout(() => end('timed-out', ''), limitMs);
    socket.once('connect', () => end('open', ''));
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ { code = 'unknown' }) =>
      end(OUTCOMES[code] ?? 'failed', code),
    );
  });
}

/**
 * Says `greeting` and takes what comes back first.
 *
 * @param {{ host: string, port: number }} endpoint
 * @param {Buffer | string} greeting
 * @param {number} limitMs
 * @returns {Promise<Buffer>} Empty if nothing came before the end or the limit.
 */
function firstAnswer({ host, port }, greeting, limitMs) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => socket.write(greeting));
    const end = (/** @type {Buffer} */ answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(Buffer.alloc(0)), limitMs);
    socket.once('data', end);
    socket.once('error', () => end(Buffer.alloc(0)));
    socket.once('close', () => end(Buffer.alloc(0)));
  });
}

module.exports = { tryPort, firstAnswer };
