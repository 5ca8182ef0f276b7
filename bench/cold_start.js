// @ts-check
'use strict';

const { run } = require('./children');
const { runMessages } = require('./message_run');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {import('./servers').Server} Server
 * @typedef {import('./stage').Stage} Stage
 */

/** A start takes a fraction of a second and varies more than a long run: several make one round. */
const STARTS_PER_ROUND = 4;

/**
 * Wall time of whole processes that require, connect, send one message, close and end by themselves, less that of a
 * Node that does nothing, run right before.
 *
 * @param {Contender[]} contenders in the order to run them
 * @param {Server} server
 * @param {Stage} stage
 * @returns {Promise<Map<Contender, number[]>>} milliseconds of each start
 */
async function runColdStarts(contenders, server, stage) {
  /** @type {Map<Contender, number[]>} */
  const starts = new Map(contenders.map((contender) => [contender, []]));
  for (let start = 0; start < STARTS_PER_ROUND; start += 1) {
    for (const [contender, taken] of starts) {
      const bare = await run(process.execPath, ['-e', '0'], { cwd: stage.directory });
      const { milliseconds } = await runMessages(contender, { window: 1, messages: 1 }, server, stage);
      taken.push(milliseconds - bare.milliseconds);
    }
  }
  return starts;
}

module.exports = { runColdStarts };
