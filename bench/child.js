// @ts-check
'use strict';

const { fork } = require('node:child_process');
const { bareEnvironment } = require('./children');

/** A process that is asked and answers, one thing at a time; gone with the bench. */
class Child {
  #process;
  /** @type {((answer: any) => void)[]} */
  #waiting = [];
  /** @type {any[]} */
  #early = [];

  /** @param {string} file @param {string[]} args @param {string[]} flags */
  constructor(file, args, flags = []) {
    this.#process = fork(file, args, { env: bareEnvironment, execArgv: flags });
    this.#process.on('message', (answer) => {
      const next = this.#waiting.shift();
      if (next) next(answer);
      else this.#early.push(answer);
    });
    process.on('exit', () => this.stop());
  }

  /** @returns {Promise<any>} What it says next. */
  answer() {
    return this.#early.length > 0
      ? Promise.resolve(this.#early.shift())
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * @param {object} question
   * @returns {Promise<any>}
   */
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
  }
}

module.exports = { Child };
