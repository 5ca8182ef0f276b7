// @ts-check
'use strict';

const { AbortSignals } = require('./abort_signals');
const { NativeSession } = require('../native/add_on');
const { abortedBy, closedBeforeDone, queueFull, timedOut, withDelivery } = require('./operation_failure');
const { Operations } = require('./operations');
const { MessageEnqueued } = require('../vocabulary/results');
const { Slab } = require('./slab');
const { surface } = require('../plumbing/uncaught');

/** @typedef {import('../native/binding').NativeEvent} NativeEvent */
/** @typedef {import('./operations').Settle} Settle */

/** How often deadlines are looked at. Milliseconds. */
const TICK_MS = 1000;
/** The limit of an operation without one of its own (device-sdk.md §2.4). Milliseconds. */
const OPERATION_TIMEOUT_MS = 240_000;
const OPERATION_TICKS = OPERATION_TIMEOUT_MS / TICK_MS;
/** What the native side may hold, queued and unacknowledged together; the rest waits here. */
const MOST_PUBLISHES = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** Ids taken at a time. */
const REPORTED_IDS = 4096;

/**
 * A publish that has to wait for room.
 *
 * @typedef {{ id: number, topic: string, body: string | Uint8Array, qos: number }} Waiting
 */

/**
 * @typedef {object} SessionHooks
 * @property {(event: NativeEvent) => void} state The connection changed its state.
 * @property {(event: NativeEvent) => void} message A message came.
 */

/**
 * Operations over the native session. Publishes of one tick cross to it together, in a slab of bytes; it wakes us once
 * per burst, and one `drain` brings every id that is done.
 */
class Session {
  #native;
  #hooks;
  #operations = new Operations();
  #slab = new Slab();
  /** Somebody will hand the slab over at the end of the tick. */
  #handingOver = false;
  /** Where `drain` reports: count, whether there is more, ids. */
  #report = new Uint32Array(2 + REPORTED_IDS);

  /** Whether a full native queue is an error; otherwise the rest waits here. */
  refuseWhenFull = false;
  /** @type {Waiting[]} */
  #waiting = [];
  /** Why operations were cancelled, until the native side confirms. @type {Map<number, Error>} */
  #endings = new Map();
  /** What the next `#cancel` ends. @type {Map<number, Error>} */
  #gathered = new Map();
  #signals = new AbortSignals((ids, signal) => {
    for (const id of ids) this.#cancelSoon(id, abortedBy(signal));
  });

  /** The last number given to a connect or a disconnect. */
  #number = 0;
  /** The number of the connection that stands. @type {number | undefined} */
  #standing;

  /** Set while `disconnect` waits for those waiting to find room. @type {NodeJS.Timeout | undefined} */
  #grace;
  /** When that wait ends. Milliseconds of `performance.now()`. */
  #graceEnd = 0;

  #tick = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #clock;

  /**
   * @param {SessionHooks} hooks Their exceptions surface as uncaught, after everybody else was served.
   * @param {import('../native/binding').NativeLimits} [limits]
   */
  constructor(hooks, limits) {
    this.#hooks = hooks;
    // The native side holds on to this function for as long as the session lives: it must not hold on to the session.
    // A session that has anything to tell is held by the transports' list of live ones, or by its clock.
    const self = new WeakRef(this);
    this.#native = new NativeSession(() => {
      const session = self.deref();
      if (session) session.#drain();
    }, limits);
  }

  /** @param {Omit<import('../native/binding').NativeRequest, 'number' | 'replaces'>} request */
  connect(request) {
    this.#number += 1;
    this.#native.connect({ ...request, number: this.#number, replaces: this.#standing });
  }

  /**
   * @param {string} topic ASCII, at most 65 535 bytes.
   * @param {string | Uint8Array} body Copied before this returns. A text of at most `SHORT_TEXT` units.
   * @param {number} qos
   * @param {Settle} settle
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  publish(topic, body, qos, settle, options) {
    if (options?.signal?.aborted) {
      process.nextTick(settle, withDelivery(abortedBy(options.signal), 'not sent'));
      return;
    }
    const id = this.#add(settle);
    if (this.#waiting.length === 0 && this.#hasRoom) {
      this.#handOver(id, topic, body, qos);
    } else if (this.refuseWhenFull) {
      this.#operations.remove(id);
      process.nextTick(settle, queueFull());
      return;
    } else {
      this.#waiting.push({ id, topic, body: typeof body === 'string' ? body : Uint8Array.from(body), qos });
    }
    if (options !== undefined) this.#limit(id, options);
  }

  /**
   * @param {{ topic: string, qos: number }[]} filters
   * @param {Settle} settle `(null, codes)`: one per filter, 0x80 = refused.
   */
  subscribe(filters, settle) {
    this.#native.subscribe(this.#add(settle), filters);
  }

  /**
   * @param {string[]} filters
   * @param {Settle} settle
   */
  unsubscribe(filters, settle) {
    this.#native.unsubscribe(this.#add(settle), filters);
  }

  /** @param {number} token */
  acknowledge(token) {
    this.#native.ack(token);
  }

  /**
   * Ends every operation with `error`, which each gets with its own `delivery`.
   *
   * @param {Error} error
   */
  abandon(error) {
    this.#cancel(endingsOf(this.#operations.ids(), error));
  }

  /**
   * Closes; the state `closed` tells the end.
   *
   * @param {number} graceMs For what is queued or not acknowledged; the rest fails.
   */
  disconnect(graceMs) {
    this.#graceEnd = performance.now() + graceMs;
    if (this.#waiting.length === 0 || graceMs === 0) this.#leave();
    else this.#grace = setTimeout(() => this.#leave(), graceMs);
  }

  /** Ends the connection at once. Nothing is reported any more. */
  stop() {
    this.#native.stop();
  }

  /** @returns {{ queued: number, inFlight: number }} Publishes not yet written, and those not yet acknowledged. */
  counts() {
    const inFlight = this.#native.written();
    return { queued: Math.max(0, this.#operations.publishes - inFlight) + this.#waiting.length, inFlight };
  }

  /** Everything that will be sent goes to the native side now. */
  #leave() {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    const left = this.#waiting.map(({ id }) => id);
    this.#cancel(endingsOf(left, closedBeforeDone()));
    this.#flush();
    // A listener may be running: its message is acknowledged when it returns, or after it threw, which must come first.
    setImmediate(() => {
      this.#number += 1;
      this.#native.disconnect(this.#number, Math.max(0, Math.round(this.#graceEnd - performance.now())));
    });
  }

  /** @param {Settle} settle */
  #add(settle) {
    if (this.#clock === undefined) this.#startClock();
    return this.#operations.add(settle, this.#tick + OPERATION_TICKS);
  }

  get #hasRoom() {
    const { publishes, bytes } = this.#operations;
    return publishes < MOST_PUBLISHES && bytes < MOST_BYTES;
  }

  /**
   * @param {number} id
   * @param {string} topic
   * @param {string | Uint8Array} body
   * @param {number} qos
   */
  #handOver(id, topic, body, qos) {
    if (!this.#slab.hasRoom(topic, body)) this.#flush();
    this.#operations.handOver(id, topic.length + this.#slab.write(id, topic, body, qos));
    if (this.#slab.isFull) {
      this.#flush();
    } else if (!this.#handingOver) {
      this.#handingOver = true;
      process.nextTick(flushAtEndOfTick, this);
    }
  }

  #flush() {
    const { bytes, used } = this.#slab;
    if (used === 0) return;
    this.#slab.used = 0;
    this.#native.publish(bytes, used);
  }

  /** @param {Session} session */
  static flushAtEndOfTick(session) {
    session.#handingOver = false;
    session.#flush();
  }

  #drain() {
    const report = this.#report;
    // What the callbacks send goes out when all of them have run.
    this.#handingOver = true;
    this.#native.drain(report);
    const end = report[0] + 2;
    const more = report[1] !== 0;
    for (let i = 2; i < end; i++) {
      if (this.#endings.size > 0) this.#confirm(report[i]);
      const settle = this.#operations.remove(report[i]);
      try {
        settle(null, new MessageEnqueued());
      } catch (error) {
        surface(error);
      }
    }
    if (this.#waiting.length > 0) this.#refill();
    // All ids before the events, which came later; and others have their turn between.
    if (end === report.length) setImmediate(() => this.#drain());
    else if (more) for (const event of this.#native.events()) this.#handle(event);
    Session.flushAtEndOfTick(this);
  }

  /** @param {NativeEvent} event */
  #handle(event) {
    try {
      if (event.kind === 'message') this.#hooks.message(event);
      else if (event.kind === 'granted') this.#granted(/** @type {number} */ (event.id), event.codes);
      // The listeners of all messages before have run.
      else if (event.kind === 'renewing') this.#native.caughtUp(/** @type {number} */ (event.request));
      else if (event.kind === 'ended') this.#ended(/** @type {number} */ (event.id), event.delivery);
      else this.#onState(event);
    } catch (error) {
      surface(error);
    }
  }

  /** @param {NativeEvent} event */
  #onState(event) {
    if (event.kind === 'connected') this.#standing = event.request;
    else if (event.kind !== 'connecting') this.#standing = undefined;
    this.#hooks.state(event);
  }

  /**
   * @param {number} id
   * @param {number[] | undefined} codes
   */
  #granted(id, codes) {
    this.#confirm(id);
    this.#operations.remove(id)(null, codes);
  }

  /**
   * @param {number} id
   * @param {'not sent' | 'unknown' | undefined} delivery
   */
  #ended(id, delivery) {
    const error = this.#endings.get(id) ?? closedBeforeDone();
    this.#confirm(id);
    this.#operations.remove(id)(withDelivery(error, delivery));
  }

  /** @param {number} id Cancelled, and over. */
  #confirm(id) {
    if (this.#endings.delete(id) && this.#endings.size === 0) this.#clock?.unref();
  }

  /**
   * Gathers what timers and signals end, because each cancelling looks through all there is.
   *
   * @param {number} id
   * @param {Error} error
   */
  #cancelSoon(id, error) {
    if (this.#gathered.size === 0) {
      setImmediate(() => {
        const endings = this.#gathered;
        this.#gathered = new Map();
        this.#cancel(endings);
      });
    }
    this.#gathered.set(id, error);
  }

  /**
   * Cancelled operations come back from the native side as `ended`, unless they are done already; those still waiting
   * here end here.
   *
   * @param {Map<number, Error>} endings
   */
  #cancel(endings) {
    const there = new Map(endings);
    const stay = [];
    for (const waiting of this.#waiting) {
      const error = there.get(waiting.id);
      if (error === undefined) {
        stay.push(waiting);
        continue;
      }
      there.delete(waiting.id);
      process.nextTick(this.#operations.remove(waiting.id), withDelivery(error, 'not sent'));
    }
    this.#waiting = stay;
    if (there.size === 0) return;
    for (const [id, error] of there) this.#endings.set(id, error);
    this.#flush();
    this.#native.cancel(Uint32Array.from(there.keys()));
    // The confirmations come on a wake that does not keep the process alive.
    this.#clock?.ref();
  }

  #refill() {
    let done = 0;
    while (done < this.#waiting.length && this.#hasRoom) {
      const { id, topic, body, qos } = this.#waiting[done];
      this.#handOver(id, topic, body, qos);
      done += 1;
    }
    this.#waiting.splice(0, done);
    if (this.#grace !== undefined && this.#waiting.length === 0) this.#leave();
  }

  /**
   * @param {number} id
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} options
   */
  #limit(id, { timeoutMs, signal }) {
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.#cancelSoon(id, timedOut(timeoutMs)), timeoutMs).unref();
    if (signal !== undefined) this.#signals.watch(signal, id);
    const withoutLimits =
      (/** @type {Settle} */ settle) => (/** @type {any} */ error, /** @type {any} */ result) => {
        clearTimeout(timer);
        if (signal !== undefined) this.#signals.forget(signal, id);
        this.#gathered.delete(id);
        settle(error, result);
      };
    this.#operations.wrap(id, withoutLimits, timeoutMs !== undefined);
  }

  /** Ticks while there are operations: one timer for all of them. */
  #startClock() {
    this.#clock = setInterval(() => {
      this.#tick += 1;
      if (this.#operations.count === 0) {
        clearInterval(this.#clock);
        this.#clock = undefined;
      } else {
        const expired = this.#operations.expired(this.#tick);
        if (expired.length > 0) this.#cancel(endingsOf(expired, timedOut(OPERATION_TIMEOUT_MS)));
      }
    }, TICK_MS).unref();
  }
}

const { flushAtEndOfTick } = Session;

/**
 * @param {number[]} ids
 * @param {Error} error
 */
function endingsOf(ids, error) {
  return new Map(ids.map((id) => [id, error]));
}

module.exports = { Session };
