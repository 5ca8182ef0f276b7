// @ts-check
'use strict';

const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Child, row } = require('../scene');

/** @typedef {{ directory: string, ca: string, pems: { key: string, cert: string }, contenders: Contender[] }} Stage */
/** @typedef {{ name: string, flags: string[] }} Contender */
/** @typedef {import('../scene').Row} Row */

const SECONDS = 60;

/** @param {Stage} stage @param {object} options */
async function serve(stage, options) {
  const server = new Child(path.join(__dirname, 'server.js'), []);
  const { port } = await server.ask({ start: { ...stage.pems, ...options } });
  return { server, port };
}

/** @param {Stage} stage @param {Contender} contender @param {object} job */
function run(stage, { flags }, job) {
  return new Child(
    path.join(stage.directory, 'client.js'),
    [JSON.stringify({ ca: stage.ca, ...job })],
    flags,
  );
}

/**
 * Two clients with one id, in two processes, a message per 500 ms each.
 *
 * @param {Stage} stage
 * @returns {Promise<Row[]>}
 */
async function takeOver(stage) {
  const { server, port } = await serve(stage, {});
  const clients = [1, 2].map(() => run(stage, stage.contenders[0], { port, devices: 1, everyMs: 500 }));
  await Promise.all(clients.map((client) => client.answer()));
  const before = await server.ask({ counts: true });
  await sleep(SECONDS * 1000);
  const after = await server.ask({ counts: true });
  const told = await Promise.all(clients.map((client) => client.ask({})));
  for (const child of [server, ...clients]) child.stop();
  const each = (after.connects - before.connects) / SECONDS / 2;
  return [
    row('two clients with one id: connections a second each', each.toFixed(2), '≤ 1', each <= 1),
    row(
      '  told by a process warning',
      told.map(({ warnings }) => warnings).join(' and '),
      '1 and 1',
      told.every(({ warnings }) => warnings === 1),
    ),
  ];
}

/**
 * A line that is cut every 3 s, at a message a second.
 *
 * @param {Stage} stage
 * @param {'fin' | 'rst'} how
 * @param {number} most Seconds offline per cut.
 * @returns {Promise<Row[]>}
 */
async function flapping(stage, how, most) {
  const { server, port } = await serve(stage, { how });
  const client = run(stage, stage.contenders[0], { port, devices: 1, everyMs: 1000 });
  await client.answer();
  let offline = 0;
  let cuts = 0;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
    await sleep(3000);
    const { connects } = await server.ask({ counts: true });
    server.tell({ cut: true });
    const begin = performance.now();
    while ((await server.ask({ counts: true })).connects === connects) await sleep(10);
    offline += (performance.now() - begin) / 1000;
    cuts += 1;
  }
  for (const child of [server, client]) child.stop();
  const average = offline / cuts;
  return [
    row(
      `cut by ${how.toUpperCase()} every 3 s: offline per cut`,
      `${average.toFixed(2)} s`,
      `≤ ${most} s`,
      average <= most,
    ),
  ];
}

/**
 * 20 000 messages at window 200 through a line that is cut at every 400th.
 *
 * @param {Stage} stage
 * @param {'fin' | 'rst'} how
 * @param {boolean} forgets
 * @returns {Promise<Row[]>}
 */
async function cuts(stage, how, forgets) {
  const results = [];
  for (const contender of stage.contenders) {
    const { server, port } = await serve(stage, { how, forgets, cutEvery: 400 });
    const client = run(stage, contender, { port, devices: 1, window: 200, messages: 20_000 });
    await client.answer();
    const { ms, failed } = await client.answer();
    const counts = await server.ask({ counts: true });
    for (const child of [server, client]) child.stop();
    results.push({ ms, failed, ...counts });
  }
  const [ours, theirs] = results;
  const ratio = ours.ms / theirs.ms;
  const clean = ours.failed === 0 && ours.received === 20_000 && ours.unmarked === 0 && ours.disordered === 0;
  const name = `cut by ${how.toUpperCase()} at every 400th, session ${forgets ? 'forgotten' : 'kept'}`;
  return [
    row(
      `${name}: time`,
      `${(ours.ms / 1000).toFixed(2)} s, ${ratio.toFixed(2)} of the original's ${(theirs.ms / 1000).toFixed(2)} s`,
      '≤ 1.5',
      ratio <= 1.5,
    ),
    row(
      '  lost, unmarked, out of order',
      `${20_000 - ours.received + ours.failed}, ${ours.unmarked}, ${ours.disordered} (original ${20_000 - theirs.received + theirs.failed}, ${theirs.unmarked}, ${theirs.disordered})`,
      '0, 0, 0',
      clean,
    ),
  ];
}

/**
 * A gateway away for 60 s, 200 devices in one process. Attempts are counted by a listener that accepts and ends each.
 *
 * @param {Stage} stage
 * @returns {Promise<Row[]>}
 */
async function away(stage) {
  const results = [];
  for (const contender of stage.contenders) {
    const { server, port } = await serve(stage, {});
    const client = run(stage, contender, { port, devices: 200 });
    await client.answer();
    server.stop();
    const counter = new Child(path.join(__dirname, 'absent.js'), []);
    await counter.ask({ port });
    await sleep(SECONDS * 1000);
    const { attempts } = await counter.ask({ end: true });
    counter.stop();
    const back = await serve(stage, { port });
    await sleep(20_000);
    const { connects, times } = await back.server.ask({ counts: true });
    for (const child of [back.server, client]) child.stop();
    const first = Object.values(times)
      .map(([time]) => time)
      .sort((a, b) => a - b);
    results.push({ attempts, connects, devices: first.length, burst: mostWithin(first, 100) });
  }
  const [ours, theirs] = results;
  return [
    row(
      'a gateway away for 60 s, 200 devices: attempts',
      `${ours.attempts} (original ${theirs.attempts})`,
      '≤ original',
      ours.attempts <= theirs.attempts,
    ),
    row('  back within 20 s', `${ours.devices} (original ${theirs.devices})`, '200', ours.devices === 200),
    row('  most within 100 ms', `${ours.burst} (original ${theirs.burst})`, '≤ 20', ours.burst <= 20),
  ];
}

/** @param {number[]} sorted @param {number} ms */
function mostWithin(sorted, ms) {
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while (sorted[to] - sorted[from] > ms) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** By the name that `--only` takes. @type {Record<string, (stage: Stage) => Promise<Row[]>>} */
const SCENES = {
  'take-over': takeOver,
  'flapping-rst': (stage) => flapping(stage, 'rst', 0.5),
  'flapping-fin': (stage) => flapping(stage, 'fin', 2),
  'cuts-fin-kept': (stage) => cuts(stage, 'fin', false),
  'cuts-rst-kept': (stage) => cuts(stage, 'rst', false),
  'cuts-fin-forgotten': (stage) => cuts(stage, 'fin', true),
  'cuts-rst-forgotten': (stage) => cuts(stage, 'rst', true),
  away,
};

module.exports = { SCENES };
