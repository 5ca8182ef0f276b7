// @ts-check
'use strict';

const { fork } = require('node:child_process');
const { bareEnvironment } = require('./children');

/** What benches of scenes have in common: a process that is told what to do, a row of the result, and how they are run. */

/** @typedef {{ what: string, got: string, wanted: string, met: boolean }} Row */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A process that is asked and answers, one thing at a time; gone with the bench. */
class Child {
  #process;
  /** @type {((answer: any) => void)[]} */
  #waiting = [];
  /** @type {any[]} */
  #early = [];

  /**
   * @param {string} file
   * @param {string[]} args
   * @param {string[]} [flags] Of Node.
   * @param {NodeJS.ProcessEnv} [env] Beside what all get.
   */
  constructor(file, args, flags = [], env = {}) {
    this.#process = fork(file, args, { env: { ...bareEnvironment, ...env }, execArgv: flags });
    this.#process.on('message', (answer) => {
      const next = this.#waiting.shift();
      if (next) next(answer);
      else this.#early.push(answer);
    });
    running.add(this.#process);
  }

  answer() {
    return this.#early.length > 0
      ? Promise.resolve(this.#early.shift())
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @param {object} question */
  ask(question) {
    this.#process.send(question);
    return this.answer();
  }

  /** @param {object} word */
  tell(word) {
    this.#process.send(word);
  }

  stop() {
    this.#process.kill('SIGKILL');
    running.delete(this.#process);
  }
}

/** @returns {Row} */
function row(
  /** @type {string} */ what,
  /** @type {string} */ got,
  /** @type {string} */ wanted,
  /** @type {boolean} */ met,
) {
  return { what, got, wanted, met };
}

/**
 * Runs the scenes named behind `--only`, or all, shows their rows, and ends the process: 0 if every target is met.
 *
 * @template Stage
 * @param {Record<string, (stage: Stage) => Promise<Row[]>>} scenes
 * @param {() => Promise<Stage>} setStage
 */
async function runScenes(scenes, setStage) {
  const at = process.argv.indexOf('--only');
  const chosen = at < 0 ? Object.keys(scenes) : [process.argv[at + 1]];
  const unknown = chosen.find((name) => !(name in scenes));
  if (unknown !== undefined)
    throw new Error(`There is no scene ${unknown}; there are ${Object.keys(scenes).join(', ')}`);
  const stage = await setStage();
  let missed = 0;
  for (const name of chosen) {
    for (const { what, got, wanted, met } of await scenes[name](stage)) {
      if (!met) missed += 1;
      console.log(
        `${what.padEnd(62)} ${got.padEnd(44)} wanted ${wanted.padEnd(12)} ${met ? 'met' : 'MISSED'}`,
      );
    }
  }
  process.exit(missed === 0 ? 0 : 1);
}

module.exports = { Child, row, runScenes };
