// @ts-check
'use strict';

const { Queue } = require('../turns/queue');
const { Turns } = require('../turns/turns');
const { Records } = require('./records');

/** @typedef {import('../native/binding').NativeEvent} NativeEvent */
/** @typedef {Pick<import('../native/binding').NativeSession, 'drain' | 'events'>} Source */

/** Ids taken at a time. */
const MOST_IDS = 128;
/** Events taken at a time; one of them may be a slab of 64 KiB of messages. */
const MOST_EVENTS = 8;
/** `drain` reports a count and whether there is more, then ids. */
const FIRST_ID = 2;
/** It is read, or copied, before anybody else drains: one serves all. */
const REPORT = new Uint32Array(FIRST_ID + MOST_IDS);
const NOTHING = new Uint32Array(0);

/**
 * @typedef {object} Takers They must not throw.
 * @property {(id: number) => void} done A publish is acknowledged.
 * @property {(topic: string, payload: Buffer, token: number) => void} message
 * @property {(event: NativeEvent) => void} event
 * @property {() => void} over Called after each piece.
 */

/**
 * What the native side has to tell, taken in turns with all others: little is held here, the rest waits over there, where it
 * is bounded. Ids and events have their turn alternately; no event comes before an id that was done before it, and no id before
 * the connection that it came by.
 */
class Arrivals {
  #source;
  #takers;
  #turns = new Turns((most, until) => this.#take(most, until));
  /** The native side has, or may have, something left. */
  #more = false;
  /** Ids that are still to be told. */
  #ids = NOTHING;
  /** What happened on this side. @type {Queue<NativeEvent>} */
  #own = new Queue();
  /** @type {NativeEvent[]} */
  #events = [];
  /** The first of them, if it is one of messages. @type {Records | undefined} */
  #records;
  #eventsFirst = false;
  #ended = false;

  /**
   * @param {Source} source
   * @param {Takers} takers
   */
  constructor(source, takers) {
    this.#source = source;
    this.#takers = takers;
  }

  /** The native side has woken us. */
  wake() {
    this.#more = true;
    this.#turns.ask();
  }

  /** @param {NativeEvent} event Happened on this side: it is told in its turn, too. */
  tell(event) {
    this.#own.push(event);
    this.#turns.ask();
  }

  /** Nothing is told any more. */
  end() {
    this.#ended = true;
    this.#own.clear();
    this.#more = false;
    this.#ids = NOTHING;
    this.#events = [];
    this.#records = undefined;
  }

  /** @type {import('../turns/turns').Work} */
  #take(most, until) {
    let left = most;
    const goesOn = () => (left -= 1) > 0 && performance.now() < until;
    const isDone = this.#takeOwn(goesOn) && this.#takeTheirs(most, goesOn);
    this.#takers.over();
    return !isDone || this.#more || this.#ids.length > 0 || this.#events.length > 0 || this.#own.size > 0;
  }

  /**
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeOwn(goesOn) {
    while (this.#own.size > 0) {
      this.#takers.event(/** @type {NativeEvent} */ (this.#own.shift()));
      if (!goesOn()) return false;
    }
    return true;
  }

  /**
   * @param {number} most
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeTheirs(most, goesOn) {
    do {
      const eventsFirst = this.#eventsFirst;
      this.#eventsFirst = !eventsFirst;
      if (eventsFirst && !this.#takeEvents(goesOn)) return false;
      if (!this.#takeIds(most, goesOn)) return false;
      if (!eventsFirst && !this.#takeEvents(goesOn)) return false;
    } while (this.#more);
    // Nobody waits: what comes next are mostly ids, and then `events` need not be asked.
    this.#eventsFirst = false;
    return true;
  }

  /**
   * @param {number} most
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeIds(most, goesOn) {
    let ids = this.#ids;
    let at = 0;
    let end = ids.length;
    if (end === 0 && this.#more && !this.#events.some(isConnected)) {
      ids = REPORT;
      at = FIRST_ID;
      end = this.#drain(most);
    }
    this.#ids = NOTHING;
    while (at < end && !this.#ended) {
      this.#takers.done(ids[at++]);
      if (goesOn()) continue;
      if (!this.#ended) this.#ids = ids.slice(at, end);
      return false;
    }
    return true;
  }

  /**
   * @param {number} most
   * @returns {number} Where the ids end in the report.
   */
  #drain(most) {
    this.#source.drain(REPORT, most);
    this.#more = REPORT[1] !== 0;
    return FIRST_ID + REPORT[0];
  }

  /**
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeEvents(goesOn) {
    if (this.#events.length === 0 && this.#more && this.#ids.length === 0) {
      this.#events = this.#source.events(MOST_EVENTS);
    }
    while (this.#events.length > 0) {
      this.#takeOne();
      if (!goesOn()) return false;
    }
    return true;
  }

  /** A message, or another event. */
  #takeOne() {
    const [event] = this.#events;
    if (event.kind !== 'messages') {
      this.#events.shift();
      this.#takers.event(event);
      return;
    }
    const records = (this.#records ??= new Records(/** @type {Buffer} */ (event.records)));
    records.next(this.#takers.message);
    if (!records.isEmpty || this.#records !== records) return;
    this.#records = undefined;
    this.#events.shift();
  }
}

/** @param {NativeEvent} event */
function isConnected({ kind }) {
  return kind === 'connected';
}

module.exports = { Arrivals };
