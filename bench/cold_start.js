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
 * @param {(contender: Contender, measured: Record<string, number>) => void} add
 */
async function runColdStarts(contenders, server, stage, add) {
  for (let start = 0; start < STARTS_PER_ROUND; start += 1) {
    for (const contender of contenders) {
      const bare = await run(process.execPath, ['-e', '0'], { cwd: stage.directory });
      const { milliseconds } = await runMessages(contender, { window: 1, messages: 1 }, server, stage);
      add(contender, { millisecondsAboveNode: milliseconds - bare.milliseconds });
    }
  }
}

module.exports = { runColdStarts };
