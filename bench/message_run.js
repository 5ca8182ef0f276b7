// @ts-check
'use strict';

const { run } = require('./children');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {import('./figures').MessageFigure} MessageFigure
 * @typedef {import('./servers').Server} Server
 * @typedef {import('./servers').Report} Report
 * @typedef {import('./stage').Stage} Stage
 */

/** Part of the counted messages that is sent before, for the compiler and the allocators to settle. */
const WARM_UP = 1 / 10;

/**
 * One run of one client against one server.
 *
 * @param {Contender} contender
 * @param {Pick<MessageFigure, 'window' | 'messages'>} figure
 * @param {Server} server
 * @param {Stage} stage
 * @returns {Promise<{ measured: Record<string, number>, milliseconds: number, report?: Report }>} `milliseconds` of
 *   the whole process
 */
async function runMessages(contender, { window, messages }, server, stage) {
  const warmUp = Math.floor(messages * WARM_UP);
  const job = { port: server.port, ca: stage.ca, deviceId: 'bench', window, warmUp, messages };
  const { stdout, milliseconds } = await run(
    process.execPath,
    [...contender.nodeArguments, contender.program, JSON.stringify(job)],
    { cwd: stage.directory },
  );
  const report = await server.report?.();
  if (report) checkReport(contender, report, warmUp + messages);
  return { measured: JSON.parse(stdout), milliseconds, report };
}

/** Bytes of one PUBLISH as the first client sent it, headers included. */
let packetBytes = 0;

/**
 * A client that sends fewer messages, or other ones, is not faster: it does less.
 *
 * @param {Contender} contender
 * @param {Report} report
 * @param {number} expected
 */
function checkReport({ name }, { publishes, publishBytes }, expected) {
  if (publishes < expected) throw new Error(`${name} sent ${publishes} messages of ${expected}`);
  const bytes = publishBytes / publishes;
  packetBytes ||= bytes;
  if (bytes !== packetBytes) throw new Error(`${name} sends ${bytes} bytes a message, others ${packetBytes}`);
}

/**
 * @param {Stage} stage
 * @returns {Promise<number>} resident memory of a Node process that does nothing
 */
async function idleMemory(stage) {
  const { stdout } = await run(process.execPath, ['idle.js'], { cwd: stage.directory });
  return JSON.parse(stdout).rssBytes;
}

module.exports = { runMessages, idleMemory };
