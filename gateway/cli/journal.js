// @ts-check
'use strict';

const { ENTRIES } = require('./entries');

/** Lines in one second; the rest is counted, so that a terminal never holds up the gateway. */
const LINES_PER_SECOND = 100;

/** Characters of an entry: what devices send may be long. */
const MOST_TEXT = 500;
const MOST_WHO = 60;

/** Who is counted by name in one second. Names are made up easily. */
const MOST_COUNTED = 20;

/**
 * @typedef {import('./entries').Entry} Entry
 */

/** Shows what devices do, a line each. */
class Journal {
  #screen;
  /** Entries of the present second that were not shown, by who and what. @type {Map<string, { entry: Entry, count: number }>} */
  #unshown = new Map();
  #shown = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #second;

  /**
   * @param {import('./screen').Screen} screen
   */
  constructor(screen) {
    this.#screen = screen;
  }

  /**
   * @param {import('../index').Gateway} gateway
   */
  watch(gateway) {
    for (const [event, entryOf] of Object.entries(ENTRIES)) {
      gateway.on(/** @type {any} */ (event), (/** @type {any} */ detail) => {
        if (this.#shown >= LINES_PER_SECOND) return this.#count(detail, event);
        const entry = entryOf(detail);
        if (entry) this.#add(entry);
      });
    }
  }

  /** Counts what was not shown, at the end. */
  stop() {
    clearInterval(this.#second);
    this.#summarise();
  }

  /**
   * @param {any} detail
   * @param {string} event
   */
  #count({ clientId, deviceId, id }, event) {
    const name = cut(String(clientId ?? deviceId ?? id ?? '-'), MOST_WHO);
    const known = this.#unshown.size < MOST_COUNTED || this.#unshown.has(`${event} ${name}`);
    const who = known ? name : 'others';
    const counted = this.#unshown.get(`${event} ${who}`) ?? { entry: { who, what: event }, count: 0 };
    counted.count++;
    this.#unshown.set(`${event} ${who}`, counted);
  }

  #summarise() {
    this.#shown = 0;
    for (const { entry, count } of this.#unshown.values()) {
      this.#show({ ...entry, text: `${count} more` });
    }
    this.#unshown.clear();
  }

  /**
   * @param {Entry} entry
   */
  #add(entry) {
    this.#second ??= setInterval(() => this.#summarise(), 1000).unref();
    this.#shown++;
    this.#show(entry);
  }

  /**
   * @param {Entry} entry
   */
  #show({ who = '-', what, text = '', color }) {
    const time = new Date().toTimeString().slice(0, 8);
    const label = text ? `${what.padEnd(12)} ` : what;
    this.#screen.print([
      { text: time, color: 'dim' },
      `  ${cut(who, MOST_WHO).padEnd(10)} `,
      color ? { text: label, color } : label,
      cut(text, MOST_TEXT),
    ]);
  }
}

/**
 * @param {string} text
 * @param {number} most
 */
function cut(text, most) {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}

module.exports = { Journal };
