// @ts-check
'use strict';

/**
 * `npm run bench`: measures this package beside the clients it is to replace, in one run, round by round, and
 * judges the medians by `targets.js`. The method is told in README.md.
 */

const fs = require('node:fs');
const path = require('node:path');
const { OURS } = require('./contenders');
const { runColdStarts } = require('./cold_start');
const { metrics } = require('./figures');
const { installSize } = require('./install_size');
const { describeMachine } = require('./machine');
const { idleMemory, runMessages } = require('./message_run');
const { HELP, UsageError, parseOptions } = require('./options');
const { buildSink, installPeers, prepareOurs } = require('./preparation');
const { figureTable, verdictTable } = require('./report');
const { Samples, median } = require('./samples');
const { startMosquitto, startSink } = require('./servers');
const { setStage } = require('./stage');
const { judge } = require('./verdicts');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {import('./figures').Figure} Figure
 * @typedef {import('./options').Options} Options
 * @typedef {import('./servers').Server} Server
 * @typedef {import('./stage').Stage} Stage
 */

/** @param {Options} options @returns {Promise<number>} exit code */
async function bench(options) {
  const { contenders, figures, runs } = options;
  await installPeers();
  const stage = await setStage();
  if (contenders.some(({ id }) => id === OURS)) await prepareOurs(stage.directory);
  const servers = await startServers(figures, stage);
  const machine = await describeMachine();
  showMachine(machine);

  const samples = new Samples();
  /** @type {Record<string, string>} */
  const ciphers = {};
  for (let round = 0; round < runs; round += 1) {
    console.log(`\nround ${round + 1} of ${runs}`);
    // Whoever runs first meets a cooler processor and colder caches, so each does in turn.
    const order = rotate(contenders, round);
    for (const figure of figures) {
      if (figure.kind === 'size' && round > 0) continue; // the same files every time
      await measure(figure, order, { servers, stage, samples, ciphers });
    }
  }

  const chosen = figures.map(({ id }) => id);
  const verdicts = judge(samples).filter(({ figure }) => chosen.includes(figure));
  console.log(`\n${figureTable(samples, figures, contenders)}\n`);
  if (verdicts.length > 0) console.log(`${verdictTable(verdicts)}\n`);
  const file = save({ counts: options.counts, runs, machine, ciphers, targets: verdicts, figures: samples });
  console.log(`Written to ${path.relative(process.cwd(), file)}`);
  return conclude(options, verdicts);
}

/**
 * @param {Figure[]} figures
 * @param {Stage} stage
 * @returns {Promise<Record<string, Server>>} those the figures need
 */
async function startServers(figures, stage) {
  const needed = new Set(figures.map((figure) => figure.server));
  /** @type {Record<string, Server>} */
  const servers = {};
  if (needed.has('mosquitto')) servers.mosquitto = await startMosquitto(stage);
  if (needed.has('sink')) servers.sink = await startSink(await buildSink(), stage);
  return servers;
}

/**
 * One round of one figure: every contender once.
 *
 * @param {Figure} figure
 * @param {Contender[]} order
 * @param {{ servers: Record<string, Server>, stage: Stage, samples: Samples, ciphers: Record<string, string> }} bench
 */
async function measure(figure, order, { servers, stage, samples, ciphers }) {
  process.stdout.write(`  ${figure.title.padEnd(24)}`);
  /** @type {(contender: Contender, measured: Record<string, number>[]) => void} */
  const add = ({ id, name }, measured) => {
    for (const one of measured) samples.add(figure.id, id, one);
    const [metric] = Object.keys(measured[0]);
    const shown = metrics[metric].format(median(measured.map((one) => one[metric])));
    process.stdout.write(`  ${name} ${shown}`);
  };
  if (figure.kind === 'size') {
    for (const contender of order) add(contender, [installSize(contender)]);
  } else if (figure.kind === 'cold-start') {
    const starts = await runColdStarts(order, servers.sink, stage);
    starts.forEach((taken, contender) => {
      add(
        contender,
        taken.map((milliseconds) => ({ millisecondsAboveNode: milliseconds })),
      );
    });
  } else {
    const idle = await idleMemory(stage);
    for (const contender of order) {
      const { measured, report } = await runMessages(contender, figure, servers[figure.server], stage);
      if (report) ciphers[contender.id] = `${report.tls} ${report.cipher}`;
      add(contender, [{ ...measured, rssAboveIdleBytes: measured.rssBytes - idle }]);
    }
  }
  process.stdout.write('\n');
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} by
 */
function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** @param {Record<string, any>} machine */
function showMachine({ processor, cores, system, node, mosquitto, load }) {
  console.log(`\n${processor}, ${cores} cores, ${system}, Node ${node}, ${mosquitto}`);
  // Client and server keep about two cores busy; anything else that runs is measured with them.
  if (load > 0.3)
    console.log(`The machine is busy (load ${load.toFixed(2)}): the figures will be too low and scatter`);
}

/** @param {Record<string, unknown>} result @returns {string} the file */
function save(result) {
  const date = new Date().toISOString();
  const directory = path.join(__dirname, 'results');
  fs.mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${date.slice(0, 19).replace(/:/g, '-')}.json`);
  fs.writeFileSync(file, `${JSON.stringify({ date, ...result }, null, 2)}\n`);
  return file;
}

/**
 * @param {Options} options
 * @param {import('./verdicts').Verdict[]} verdicts
 */
function conclude({ counts, runs }, verdicts) {
  const missed = verdicts.filter((verdict) => verdict.met === false).length;
  if (!counts) console.log(`NOT COUNTING: ${runs} of at least 5 runs. A quick look, not a figure to quote.`);
  const judged = verdicts.filter((verdict) => verdict.met !== undefined).length;
  console.log(
    judged === 0 ? 'No target is measured by this.' : `${judged - missed} of ${judged} targets met.`,
  );
  return missed === 0 ? 0 : 1;
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  return bench(options);
}

main()
  .catch((error) => {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${HELP}`);
    else console.error('\nThe bench could not run:', error);
    return 2;
  })
  // The servers still run and would keep us alive; leaving stops them.
  .then((code) => process.exit(code));
