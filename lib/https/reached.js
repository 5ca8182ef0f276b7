// @ts-check
'use strict';

const { LongTimer } = require('../plumbing/long_timer');
const { LayerFailure } = require('./layer_failure');

/**
 * Waits until a connection has come so far.
 *
 * @param {import('node:events').EventEmitter & { destroy(): unknown }} emitter A socket or a request. Destroyed if it gets no
 *   further.
 * @param {string} event
 * @param {{ readonly stage: string, limitMs: number, signal: AbortSignal }} limits `stage` is asked when it fails; `signal`:
 *   nobody wants it any more.
 * @returns {Promise<any[]>} What the event carries.
 * @throws {LayerFailure}
 */
function reached(emitter, event, limits) {
  const { limitMs, signal } = limits;
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const elapsed = () => performance.now() - begin;
    const end = () => {
      timer.clear();
      signal.removeEventListener('abort', aborted);
      emitter.off(event, arrived).off('error', failed).off('close', closed);
    };
    const give = (/** @type {Error} */ error) => {
      end();
      // What is destroyed may yet tell why.
      emitter.on('error', () => {});
      emitter.destroy();
      reject(error);
    };
    const arrived = (/** @type {any[]} */ ...values) => {
      end();
      resolve(values);
    };
    const failed = (/** @type {any} */ error) => give(LayerFailure.of(limits.stage, error, elapsed()));
    const ended = (/** @type {string} */ kind, /** @type {string} */ detail) => () =>
      give(new LayerFailure(limits.stage, { kind, detail }, elapsed()));
    const closed = ended('closed', 'the connection was closed');
    const timedOut = ended('timed-out', `nothing within ${limitMs} ms`);
    const aborted = () => give(/** @type {any} */ (signal.reason));
    const timer = new LongTimer(timedOut, limitMs);
    signal.addEventListener('abort', aborted);
    emitter.on(event, arrived).on('error', failed).on('close', closed);
    if (signal.aborted) aborted();
  });
}

module.exports = { reached };
