// @ts-check
'use strict';

const { Lateness } = require('./lateness');

/**
 * Counts messages, looks at each as an app would, and prints at the end what was measured.
 *
 * @typedef {{ port: number, ca: string, count: number }} Job
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
/** Part of the messages that is not counted. */
const WARM_UP = 1 / 10;

let got = 0;
let start = 0n;
let cpu = process.cpuUsage();
const lateness = new Lateness();

/**
 * @param {string} id
 * @param {string} unit
 * @param {number} length
 */
function take(id, unit, length) {
  if (id !== `message-${got}` || unit !== '°C' || length !== 200)
    throw new Error(`${id}, ${unit}, ${length}`);
  got += 1;
  const warm = Math.floor(job.count * WARM_UP);
  if (got === warm) {
    start = process.hrtime.bigint();
    cpu = process.cpuUsage();
    lateness.most = 0;
  }
  if (got < job.count) return;
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  const counted = job.count - warm;
  console.log(
    JSON.stringify({
      messagesPerSecond: counted / seconds,
      cpuMicrosPerMessage: (user + system) / counted,
      timerLateMs: lateness.most,
    }),
  );
  process.exit();
}

module.exports = { job, take };
