// @ts-check
'use strict';

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

/**
 * @typedef {object} Takers They must not throw.
 * @property {(id: number) => void} done A publish is acknowledged.
 * @property {(topic: string, payload: Buffer, token: number) => void} message
 * @property {(event: NativeEvent) => void} event
 * @property {() => void} over Called after each piece.
 */

/**
 * What the native side has to tell, taken in turns with all others: little is held here, the rest waits over there, where it
 * is bounded. Ids and events have their turn alternately; no event comes before an id that was done before it.
 */
class Arrivals {
  #source;
  #takers;
  #turns = new Turns((most, until) => this.#take(most, until));
  /** The native side has, or may have, something left. */
  #more = false;
  #report = new Uint32Array(FIRST_ID + MOST_IDS);
  /** The ids of the report from here on are still to be told. */
  #at = FIRST_ID;
  #end = FIRST_ID;
  /** @type {NativeEvent[]} */
  #events = [];
  /** The first of them, if it is one of messages. @type {Records | undefined} */
  #records;
  #eventsFirst = false;

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

  /** Nothing is told any more. */
  end() {
    this.#more = false;
    this.#at = this.#end;
    this.#events = [];
    this.#records = undefined;
  }

  /** @type {import('../turns/turns').Work} */
  #take(most, until) {
    let left = most;
    const goesOn = () => (left -= 1) > 0 && performance.now() < until;
    do {
      const eventsFirst = this.#eventsFirst;
      this.#eventsFirst = !eventsFirst;
      if (eventsFirst && !this.#takeEvents(goesOn)) break;
      if (!this.#takeIds(most, goesOn)) break;
      if (!eventsFirst && !this.#takeEvents(goesOn)) break;
    } while (this.#more && this.#at === this.#end && this.#events.length === 0);
    this.#takers.over();
    return this.#more || this.#at < this.#end || this.#events.length > 0;
  }

  /**
   * @param {number} most
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeIds(most, goesOn) {
    if (this.#at === this.#end && this.#more) this.#drain(most);
    while (this.#at < this.#end) {
      this.#takers.done(this.#report[this.#at++]);
      if (!goesOn()) return false;
    }
    return true;
  }

  /** @param {number} most */
  #drain(most) {
    const report = most < MOST_IDS ? this.#report.subarray(0, FIRST_ID + most) : this.#report;
    this.#source.drain(report);
    this.#at = FIRST_ID;
    this.#end = FIRST_ID + report[0];
    this.#more = report[1] !== 0;
  }

  /**
   * @param {() => boolean} goesOn
   * @returns {boolean} There is time left.
   */
  #takeEvents(goesOn) {
    if (this.#events.length === 0 && this.#more && this.#at === this.#end) {
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

module.exports = { Arrivals };
