// @ts-check
'use strict';

const { Turns } = require('../turns/turns');
const { Line } = require('../turns/line');

/** What is held for the app costs at most so much. Bytes. */
const BOUND = 16 * 1024 * 1024;
/** What a message costs besides its body and the texts of its properties. Bytes. */
const OVERHEAD = 1024;
/** What it costs to settle one copy more. Bytes. */
const SETTLE = 128;
/**
 * How long a message from the cloud waits for an app that does not listen at all. The hub's lock on it ends after 60 s: then
 * it would be delivered again, and after ten deliveries it is a dead letter. Milliseconds.
 */
const LONGEST_MS = 50_000;
/** The same of a message to an input, which the gateway sends again after 30 s. Milliseconds. */
const LONGEST_OF_INPUTS_MS = 25_000;

/** Of a message of QoS 0, which the gateway has settled already and does not send again. */
const NOTHING_TO_SETTLE = () => {};

/**
 * A message and how it is acknowledged. One that the gateway sent again while it was held takes the place of its older
 * copy; both want to be acknowledged.
 *
 * @typedef {import('../turns/line').Standing & { message: any, settles: (() => void)[], cost: number, since: number }} Held
 */

/**
 * @typedef {object} Taking
 * @property {() => boolean} ready Whether somebody would take a message now.
 * @property {() => boolean} absent Whether nobody is there who will.
 * @property {(message: any, settle: () => void) => void} deliver Must not throw.
 * @property {() => void} suspend No more messages can be held: the gateway is to keep them.
 * @property {(refused: () => void) => void} resume Somebody is ready again; `refused` tells that the gateway does not give
 *   them, and that it is to be asked again when somebody is ready once more.
 */

/**
 * Received messages on their way to the app. While nobody takes them they are held, in order and unacknowledged, so that
 * the gateway keeps them, too: up to a bound, and not for longer than the gateway leaves them here.
 */
class HeldMessages {
  /** @type {Line<Held>} */
  #held = new Line();
  /** The same. @type {Map<any, Held>} */
  #byMessage = new Map();
  #cost = 0;
  /** By `idOf`. @type {Map<string, Held>} */
  #byId = new Map();
  #turns = new Turns((most, until) => (this.#releasing = this.#release(most, until)));
  /** Somebody has begun to take what is held. */
  #releasing = false;
  /**
   * `leaving`: the connection is being replaced by one that brings no messages; what was received by it comes again.
   * `away`: it was.
   *
   * @type {'no' | 'leaving' | 'away'}
   */
  #suspended = 'no';
  /** The oldest is looked at in time. */
  #watching = false;
  #taking;
  #longestMs;

  /**
   * @param {Taking} taking
   * @param {number} [longestMs] How long a message waits while nobody is there.
   */
  constructor(taking, longestMs = LONGEST_MS) {
    this.#taking = taking;
    this.#longestMs = longestMs;
  }

  /** How many wait. */
  get size() {
    return this.#held.size;
  }

  /**
   * @param {any} message
   * @param {() => void} settle Acknowledges the message.
   */
  arrive(message, settle) {
    if (this.#suspended === 'leaving' && settle !== NOTHING_TO_SETTLE) return;
    if (this.#taking.ready()) {
      // In order, and one for one: it does not become longer while somebody takes.
      if (this.#held.first && this.#releasing) this.#deliver(this.#held.first);
      if (!this.#held.first && this.#taking.ready()) {
        this.#taking.deliver(message, settle);
        return;
      }
      this.flush();
    }
    if (this.#suspended === 'away') this.#suspend();
    if (this.#suspended === 'no' || settle === NOTHING_TO_SETTLE) this.#hold(message, settle);
  }

  /**
   * @param {any} message
   * @param {() => void} settle
   */
  #hold(message, settle) {
    // One that the gateway does not keep, while the others go back to it.
    if (this.#cost >= BOUND) return;
    const id = idOf(message);
    const copy = id === undefined ? undefined : this.#byId.get(id);
    if (copy) {
      this.#replace(copy, message, settle);
    } else {
      const held = heldOf(message, settle);
      this.#held.push(held);
      this.#note(held);
    }
    if (this.#cost >= BOUND) this.#suspend();
    else if (!this.#watching) this.#lookIn(this.#longestMs);
  }

  /**
   * Somebody took a message and does not want it after all: it is the next one again.
   *
   * @param {any} message
   * @param {() => void} settle
   */
  giveBack(message, settle) {
    const held = heldOf(message, settle);
    this.#held.unshift(held);
    this.#note(held);
    this.flush();
  }

  /**
   * Takes a message out of the hold.
   *
   * @param {any} message
   * @returns {(() => void) | undefined} What acknowledges it; `undefined` if it is not held.
   */
  take(message) {
    const held = this.#byMessage.get(message);
    return held && this.#out(held);
  }

  /** Somebody may have become ready: delivers a little later, so that an app can finish registering. */
  flush() {
    if (this.#held.size > 0 || this.#suspended === 'away') this.#turns.ask();
  }

  /** @type {import('../turns/turns').Work} */
  #release(most, until) {
    let left = most;
    while (this.#held.first && this.#taking.ready()) {
      if (left === 0 || (left < most && performance.now() >= until)) return true;
      left -= 1;
      this.#deliver(this.#held.first);
    }
    if (this.#suspended === 'away' && this.#held.size === 0 && this.#taking.ready()) {
      this.#suspended = 'no';
      this.#taking.resume(() => {
        if (this.#suspended === 'no') this.#suspended = 'away';
      });
    }
    return false;
  }

  /** @param {Held} held */
  #deliver(held) {
    this.#taking.deliver(held.message, this.#out(held));
  }

  /** The connection they came by has ended: they cannot be acknowledged any more and will come again. */
  drop() {
    this.#discard();
    if (this.#suspended === 'leaving') this.#suspended = 'away';
    this.flush();
  }

  /** @param {Held} held @returns {() => void} What acknowledges it. */
  #out(held) {
    this.#held.remove(held);
    this.#byMessage.delete(held.message);
    this.#cost -= held.cost;
    const id = idOf(held.message);
    if (id !== undefined && this.#byId.get(id) === held) this.#byId.delete(id);
    const { settles } = held;
    return settles.length === 1 ? settles[0] : () => settles.forEach((settle) => settle());
  }

  /** @param {Held} held It stands in the line. */
  #note(held) {
    this.#cost += held.cost;
    this.#byMessage.set(held.message, held);
    const id = idOf(held.message);
    if (id !== undefined) this.#byId.set(id, held);
  }

  /**
   * @param {Held} copy The older one.
   * @param {any} message
   * @param {() => void} settle
   */
  #replace(copy, message, settle) {
    this.#byMessage.delete(copy.message);
    this.#byMessage.set(message, copy);
    copy.message = message;
    copy.settles.push(settle);
    const cost = costOf(message) + (copy.settles.length - 1) * SETTLE;
    this.#cost += cost - copy.cost;
    copy.cost = cost;
  }

  /** Looks whether the oldest that the gateway has locked has waited too long for an app that does not listen. */
  #look() {
    this.#watching = false;
    let oldest = this.#held.first;
    while (oldest && !comesAgain(oldest)) oldest = oldest.behind;
    if (oldest === undefined) return;
    const left = this.#longestMs - (performance.now() - oldest.since);
    if (left <= 0 && this.#taking.absent()) this.#suspend();
    else this.#lookIn(left > 0 ? left : this.#longestMs);
  }

  /** @param {number} ms */
  #lookIn(ms) {
    this.#watching = true;
    setTimeout(() => this.#look(), ms).unref();
  }

  #suspend() {
    if (this.#suspended === 'leaving') return;
    this.#suspended = 'leaving';
    this.#discard();
    this.#taking.suspend();
  }

  /** All but those that would not come again. */
  #discard() {
    for (let each = this.#held.first, next; each; each = next) {
      next = each.behind;
      if (comesAgain(each)) this.#out(each);
    }
  }
}

/**
 * @param {any} message
 * @param {() => void} settle
 * @returns {Held}
 */
function heldOf(message, settle) {
  return { message, settles: [settle], cost: costOf(message), since: performance.now() };
}

/**
 * The gateway waits for it to be settled, and sends it again if it is not.
 *
 * @param {Held} held
 */
function comesAgain({ settles }) {
  return settles[0] !== NOTHING_TO_SETTLE;
}

/**
 * By what a copy is known. One message may be routed to several inputs.
 *
 * @param {any} message
 * @returns {string | undefined}
 */
function idOf({ messageId, input }) {
  if (!messageId) return undefined;
  return input === undefined ? messageId : `${input}/${messageId}`;
}

/** @param {any} message */
function costOf({ data, properties }) {
  let cost = OVERHEAD + data.length;
  for (const { key, value } of properties.propertyList) cost += 2 * (key.length + value.length) + 64;
  return cost;
}

module.exports = { HeldMessages, LONGEST_OF_INPUTS_MS, NOTHING_TO_SETTLE };
