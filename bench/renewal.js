// @ts-check
'use strict';

/**
 * Renewing the token under load, beside azure-iot-device in the same run: 5 000 messages a second each way, 20 renewals.
 *
 *     npm run bench:renewal [-- <messages a second> [<renewals>]]
 *
 * Exit code 0: every target is met; 1: one is missed.
 */

const { installPacked } = require('../scripts/packed');
const { REGISTER } = require('./contenders');
const { trial } = require('./renewal/trial');

const [rate = 5000, renewals = 20] = process.argv.slice(2).map(Number);
const REST_MS = 1000;

/** Where the client lies, the originals are among the development dependencies of this checkout. */
const CONTENDERS = [
  { name: 'edge-downstream', flags: ['-r', REGISTER] },
  { name: 'azure-iot-device', flags: [] },
];

async function main() {
  await installPacked();
  const outcomes = [];
  for (const contender of CONTENDERS) {
    console.log(`${contender.name}: ${rate} messages a second each way, ${renewals} renewals …`);
    outcomes.push(await trial(contender, { rate, renewals, restMs: REST_MS }));
  }
  console.log(`\n${''.padEnd(58)}${CONTENDERS.map(({ name }) => name.padStart(20)).join('')}`);
  for (const [what, read] of ROWS) {
    console.log(what.padEnd(58) + outcomes.map((each) => String(read(each)).padStart(20)).join(''));
  }
  const [ours, theirs] = outcomes;
  const missed = TARGETS.filter(([, met]) => !met(ours, theirs)).map(([what]) => what);
  console.log(missed.length === 0 ? '\nAll targets are met.' : `\nMISSED: ${missed.join('; ')}`);
  process.exit(missed.length === 0 ? 0 : 1);
}

/** @typedef {import('./renewal/trial').Outcome} Outcome */

/** @type {[what: string, read: (outcome: Outcome) => string | number][]} */
const ROWS = [
  ['renewals that were followed by a connection', ({ renewals }) => renewals],
  ['sent', ({ sent }) => sent],
  ['  a second', ({ outRate }) => outRate],
  ['  of these acknowledged to the app never', ({ unacknowledged }) => unacknowledged],
  ['  more than once', ({ acknowledgedTwice }) => acknowledgedTwice],
  ['  acknowledged to the app, and not received by the gateway', ({ missing }) => missing],
  ['completed from the cloud, as the gateway counts', ({ completed }) => completed],
  ['  a second', ({ backRate }) => backRate],
  ['  of these given to the app never', ({ undispatched }) => undispatched],
  ['  given to the app more than once', ({ dispatchedTwice }) => dispatchedTwice],
  ['gap out per renewal, median, ms', ({ outGaps }) => median(outGaps).toFixed(1)],
  ['  worst', ({ outGaps }) => Math.max(...outGaps).toFixed(1)],
  ['gap from the cloud per renewal, median, ms', ({ backGaps }) => median(backGaps).toFixed(1)],
  ['  worst', ({ backGaps }) => Math.max(...backGaps).toFixed(1)],
];

/** @type {[what: string, met: (ours: Outcome, theirs: Outcome) => boolean][]} */
const TARGETS = [
  ['every renewal is followed by a connection', (ours) => ours.renewals === renewals],
  ['each is acknowledged once', (ours) => ours.unacknowledged + ours.acknowledgedTwice === 0],
  ['what is acknowledged was received', (ours) => ours.missing === 0],
  ['what is completed was given to the app', (ours) => ours.undispatched === 0],
  ['none is given to the app twice', (ours) => ours.dispatchedTwice === 0],
  ['the median gap is no longer than the original', (a, b) => median(a.outGaps) <= median(b.outGaps)],
];

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

main();
