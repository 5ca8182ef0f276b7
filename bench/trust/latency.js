// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

/** Between two messages. Milliseconds. */
const REST_MS = 2;

/**
 * Sends one message after the other.
 *
 * @param {() => Promise<unknown>} send Resolves at its acknowledgement.
 * @param {number} seconds
 * @returns {Promise<number>} The 99.9th percentile of the time to the acknowledgement, milliseconds.
 */
async function latencyOf(send, seconds) {
  const times = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(REST_MS)) {
    const begin = performance.now();
    await send();
    times.push(performance.now() - begin);
  }
  times.sort((one, other) => one - other);
  return times[Math.ceil(times.length * 0.999) - 1];
}

module.exports = { latencyOf };
