'use strict';

const { Clock } = require('./clock');
const { Gateway } = require('./gateway');
const { randomOf } = require('./random');

/** All that one schedule takes place in: time, chance, the gateway, and the native sessions that were made. */
class World {
  clock = new Clock();
  random;
  gateway;
  /** @type {import('./native').NativeTwin[]} */
  twins = [];
  /** Messages given to the app and not settled, by token. */
  inHand = new Set();
  /** What surfaced as an uncaught exception. */
  surfaced = [];
  #token = 0;
  /** What happens when the next attempt has ended. @type {(() => void)[]} */
  #armed = [];
  #onException = (error) => this.surfaced.push(error);
  #emitWarning = process.emitWarning;
  #chance = Math.random;

  /** @param {number} seed */
  constructor(seed) {
    this.random = randomOf(seed);
    this.gateway = new Gateway(this);
    // The jitter between attempts: a stream of its own, so that what the app does is not another for each attempt.
    const jitter = randomOf(~seed);
    Math.random = () => jitter.below(2 ** 32) / 2 ** 32;
    process.on('uncaughtException', this.#onException);
    // What people are to know of take-overs and of messages that wait is nothing to read by the thousand.
    process.emitWarning = (warning, ...rest) => {
      if (rest[0]?.type !== 'EdgeDownstreamWarning') this.#emitWarning.call(process, warning, ...rest);
    };
  }

  release() {
    process.off('uncaughtException', this.#onException);
    process.emitWarning = this.#emitWarning;
    Math.random = this.#chance;
    this.clock.release();
  }

  /** Something that is not the app's: it keeps no process alive. */
  later(delay, act) {
    return setTimeout(act, delay).unref();
  }

  cancel(timer) {
    clearTimeout(timer);
  }

  /** As from another thread: at once, or a little later. */
  soon(act) {
    if (this.random.chance(0.6)) setImmediate(act).unref();
    else this.later(1 + this.random.below(20), act);
  }

  /** At the moment an attempt to connect ends, and before the facade knows. @param {() => void} act */
  atEndOfAttempt(act) {
    this.#armed.push(act);
  }

  attemptEnded() {
    for (const act of this.#armed.splice(0)) act();
  }

  /** Nothing happens any more but what is done from now on. */
  disarm() {
    this.#armed = [];
  }

  dispatched() {
    this.#token += 1;
    this.inHand.add(this.#token);
    return this.#token;
  }

  settled(token) {
    this.inHand.delete(token);
  }

  /** The native session in use. */
  get twin() {
    return this.twins.at(-1);
  }
}

module.exports = { World };
