// @ts-check
'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/**
 * @typedef {object} State of the process, after a garbage collection
 * @property {number} received
 * @property {number} connections
 * @property {number} open
 * @property {number} stored
 * @property {number} rss
 * @property {number} heapUsed
 * @property {number} external
 */

/** A gateway in a process of its own: whether it lives, what it holds, how long it is held. */
class WatchedGateway {
  #child;
  #asked = 0;

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {any} facts
   */
  constructor(child, facts) {
    this.#child = child;
    /** In the shape that RawDevice takes. @type {import('..').Gateway} */
    this.gateway = /** @type {any} */ ({
      ...facts,
      connectionString: (/** @type {string} */ id) => facts.connectionStrings[id],
    });
    /** What it printed on its way to death. */
    this.errors = '';
    child.stderr?.on('data', (chunk) => (this.errors += chunk));
    child.setMaxListeners(0);
  }

  /**
   * @param {import('node:test').TestContext} t
   * @param {object} [options] of startGateway, as JSON
   */
  static async start(t, options = {}) {
    const child = fork(path.join(__dirname, 'watched_gateway.js'), [JSON.stringify(options)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    t.after(() => child.kill('SIGKILL'));
    const [facts] = await once(child, 'message');
    return new WatchedGateway(child, facts);
  }

  get pid() {
    return this.#child.pid;
  }

  get alive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * @param {string} what
   * @param {unknown} [argument]
   * @returns {Promise<any>}
   * @throws {Error} the process has died; with what it printed
   */
  ask(what, argument) {
    const ask = ++this.#asked;
    return new Promise((resolve, reject) => {
      const settle = (/** @type {() => void} */ action) => {
        this.#child.off('message', heard).off('exit', died);
        action();
      };
      const heard = (/** @type {any} */ message) => {
        if (message.ask === ask) settle(() => resolve(message.answer));
      };
      const died = () => settle(() => reject(new Error(`the gateway died:\n${this.errors}`)));
      if (!this.alive) return died();
      this.#child.on('message', heard).on('exit', died);
      this.#child.send({ ask, what, argument });
    });
  }

  /** @returns {Promise<State>} */
  state() {
    return this.ask('state');
  }

  /** @returns {Promise<number>} milliseconds of CPU since the last call */
  longestTurn() {
    return this.ask('longestTurn');
  }
}

module.exports = { WatchedGateway };
