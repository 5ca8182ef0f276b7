'use strict';

const real = { setImmediate };

/**
 * Simulated time: the timers of this process, `Date.now` and `performance.now` obey it, and it stands still unless it is
 * told to run. Ticks and promises are Node's own; they run to their end after each timer.
 */
class Clock {
  /** Milliseconds since the simulation began. */
  now = 0;
  /** Timers that are set, by the order in which they were. */
  #timers = new Map();
  #sequence = 0;
  #patched;

  /** Takes the place of the real clock until `release`. */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    const set =
      (every) =>
      (callback, delay, ...args) =>
        this.#set(callback, delay, args, every);
    const clear = (timer) => this.#timers.delete(timer?.sequence);
    this.#patched = [
      patch(globalThis, 'setTimeout', set(false)),
      patch(globalThis, 'setInterval', set(true)),
      patch(globalThis, 'setImmediate', (callback, ...args) => this.#set(callback, -1, args, false)),
      patch(globalThis, 'clearTimeout', clear),
      patch(globalThis, 'clearInterval', clear),
      patch(globalThis, 'clearImmediate', clear),
      patch(Date, 'now', () => epoch + this.now),
      patch(performance, 'now', () => this.now),
    ];
  }

  release() {
    for (const restore of this.#patched.splice(0)) restore();
  }

  /** Timers that keep the process alive. */
  get alive() {
    return [...this.#timers.values()].filter(({ keeps }) => keeps).length;
  }

  /** Timers of any kind. */
  get pending() {
    return this.#timers.size;
  }

  /** Runs the next timer, if it is due by `until`, and all that follows from it without one. */
  async step(until) {
    const timer = this.#next();
    if (timer === undefined || timer.at > until) {
      this.now = Math.max(this.now, until === Infinity ? this.now : until);
      return false;
    }
    this.now = Math.max(this.now, timer.at);
    if (timer.every === undefined) this.#timers.delete(timer.sequence);
    else timer.at = this.now + timer.every;
    timer.callback(...timer.args);
    await this.settle();
    return true;
  }

  /** Ticks and promises run to their end. */
  async settle() {
    await new Promise((resolve) => real.setImmediate(resolve));
  }

  #set(callback, delay, args, every) {
    const sequence = ++this.#sequence;
    // An immediate (-1) comes before every timer, whenever that was set; as in Node, 0 and what is no time mean 1 ms.
    const wait = delay === -1 ? 0 : delay >= 1 && delay < 2 ** 31 ? delay : 1;
    const timer = {
      sequence,
      at: this.now + wait,
      every: every ? wait : undefined,
      callback,
      args,
      keeps: true,
      ref: () => Object.assign(timer, { keeps: true }),
      unref: () => Object.assign(timer, { keeps: false }),
      hasRef: () => timer.keeps,
      refresh: () => Object.assign(timer, { at: this.now + wait }),
      [Symbol.toPrimitive]: () => sequence,
    };
    this.#timers.set(sequence, timer);
    return timer;
  }

  #next() {
    let next;
    for (const timer of this.#timers.values()) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}

function patch(object, name, value) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
  return () => {
    if (before) Object.defineProperty(object, name, before);
    else delete object[name];
  };
}

module.exports = { Clock };
