// @ts-check
'use strict';

const { LongTimer } = require('./long_timer');

/**
 * How something under way is ended early.
 *
 * @typedef {object} Ending
 * @property {AbortSignal} signal Its reason is the error that is told.
 * @property {(error: any) => void} end For a reason besides limit and signal.
 */

/**
 * Waits for something no longer than it may take, whether or not it heeds the signal that it is given. Keeps the process
 * alive meanwhile.
 *
 * @template T
 * @param {{ timeoutMs: number, signal?: AbortSignal }} limits `Infinity`: no limit; `signal` is the app's.
 * @param {{ late: () => Error, aborted: (signal: AbortSignal) => Error }} words What is told when a limit ends it.
 * @param {(ending: Ending) => Promise<T>} run Not called if the signal was aborted before.
 * @returns {Promise<T>}
 */
function within({ timeoutMs, signal }, { late, aborted }, run) {
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const end = (/** @type {any} */ error) => controller.abort(error);
    const abort = () => end(aborted(/** @type {AbortSignal} */ (signal)));
    const timer = new LongTimer(() => end(late()), timeoutMs);
    const over = () => {
      timer.clear();
      signal?.removeEventListener('abort', abort);
    };
    controller.signal.addEventListener('abort', () => {
      over();
      reject(controller.signal.reason);
    });
    signal?.addEventListener('abort', abort);
    const outcome = (async () => run({ signal: controller.signal, end }))();
    outcome.finally(over).then(resolve, reject);
  });
}

module.exports = { within };
