// @ts-check
'use strict';

const { banner } = require('./banner');
const { Journal } = require('./journal');

/**
 * What is shown while a gateway runs.
 * @typedef {object} Face
 * @property {(facts: import('./banner').Facts) => void} started
 * @property {(gateway: import('../index').Gateway) => void} watch shows what devices do from now on
 * @property {(line: string, answer: string | string[]) => void} obeyed a command
 * @property {(line: string, reason: string) => void} refused a command
 * @property {(error: unknown) => void} failed something went wrong that should not have
 * @property {(by: string) => void} ended
 */

/** For people. @implements {Face} */
class TextFace {
  #screen;
  #journal;
  #echoes;

  /**
   * @param {import('./screen').Screen} screen
   * @param {boolean} echoes whether commands are shown, which a terminal does by itself
   */
  constructor(screen, echoes) {
    this.#screen = screen;
    this.#journal = new Journal(screen);
    this.#echoes = echoes;
  }

  /** @param {import('./banner').Facts} facts */
  started(facts) {
    this.#screen.print(...banner(facts), '');
  }

  /** @param {import('../index').Gateway} gateway */
  watch(gateway) {
    this.#journal.watch(gateway);
  }

  /**
   * @param {string} line
   * @param {string | string[]} answer
   */
  obeyed(line, answer) {
    this.#echo(line);
    this.#screen.print(...[answer].flat());
  }

  /**
   * @param {string} line
   * @param {string} reason
   */
  refused(line, reason) {
    this.#echo(line);
    this.#screen.print({ text: reason, color: 'red' });
  }

  /** @param {string} line */
  #echo(line) {
    if (this.#echoes) this.#screen.print({ text: `> ${line}`, color: 'bold' });
  }

  /** @param {unknown} error */
  failed(error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const [first, ...rest] = stack.split('\n');
    this.#screen.print({ text: `Internal error: ${first}`, color: 'red' }, ...rest);
  }

  /** @param {string} by */
  ended(by) {
    this.#journal.stop();
    this.#screen.print('', `Stopped by ${by}.`);
  }
}

module.exports = { TextFace };
