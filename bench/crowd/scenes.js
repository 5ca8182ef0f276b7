// @ts-check
'use strict';

const path = require('node:path');
const { Child, row } = require('../scene');

/** @typedef {{ ca: string, pems: { key: string, cert: string } }} Stage */
/** @typedef {import('../scene').Row} Row */

/** The best of so many counts: what else the machine does is in some of them. */
const ROUNDS = 3;
const DEVICES = 1000;
const MESSAGES = 400_000;
/** What a neighbour may cost. Milliseconds. */
const NOTICED_MS = 50;

/**
 * @param {Stage} stage
 * @param {string} name
 * @param {object} order
 * @param {string[]} [flags] Of Node.
 * @returns {Promise<any[]>} Its answers.
 */
async function rounds({ pems, ca }, name, order, flags = []) {
  const answers = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const servers = [0, 1].map(() => new Child(path.join(__dirname, '../reconnect/server.js'), []));
    const ports = [];
    for (const server of servers) ports.push((await server.ask({ start: pems })).port);
    const child = new Child(path.join(__dirname, name), [], ['--expose-gc', ...flags]);
    answers.push(await child.ask({ ports, ca, ...order }));
    for (const each of [child, ...servers]) each.stop();
  }
  return answers;
}

/** @param {Stage} stage @returns {Promise<Row[]>} */
async function devices(stage) {
  /** @type {(answers: any[], what: string, unit: string, most: number, how?: string) => Row} */
  const least = (answers, what, unit, most, how = '') => {
    const value = Math.min(...answers.map((answer) => answer[what]));
    return row(
      `${DEVICES} devices: ${what}, each${how}`,
      `${value.toFixed(2)} ${unit}`,
      `≤ ${most} ${unit}`,
      value <= most,
    );
  };
  const answers = await rounds(stage, 'devices.js', { devices: DEVICES });
  // V8's young generation grows by up to 32 MB, once in a process, whatever it is that stays.
  const held = await rounds(stage, 'devices.js', { devices: DEVICES }, ['--max-semi-space-size=1']);
  return [
    least(answers, 'creating', 'KiB', 25),
    least(held, 'creating', 'KiB', 25, ', the young generation held at 1 MB'),
    least(answers, 'opening', 'KiB', 45),
    least(answers, 'opening takes', 'ms CPU', 0.8),
  ];
}

/** @param {Stage} stage @returns {Promise<Row[]>} */
async function acknowledgements(stage) {
  const answers = await rounds(stage, 'busy.js', { messages: MESSAGES });
  const { usual, beside } = answers.reduce((best, next) => {
    return next.beside - next.usual < best.beside - best.usual ? next : best;
  });
  const above = beside - usual;
  const got = `${above.toFixed(1)} ms (p99.9 ${beside.toFixed(1)}, usual ${usual.toFixed(1)})`;
  const what = `beside ${MESSAGES} messages being acknowledged: later than usual by`;
  return [row(what, got, `≤ ${NOTICED_MS} ms`, above <= NOTICED_MS)];
}

/** By the name that `--only` takes. @type {Record<string, (stage: Stage) => Promise<Row[]>>} */
const SCENES = { devices, acknowledgements };

module.exports = { SCENES };
