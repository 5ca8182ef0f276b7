// @ts-check
'use strict';

const { NativeSession } = require('../native/add_on');
const { guarded, surface } = require('../plumbing/uncaught');
const { MessageEnqueued } = require('../vocabulary/results');
const { Arrivals } = require('./arrivals');
const { listen, nextBell } = require('./bell');
const { Crossing } = require('./crossing');
const { Deadlines } = require('./deadlines');
const { Endings } = require('./endings');
const {
  abortedBy,
  brokenBeforeDone,
  closedBeforeDone,
  queueFull,
  withDelivery,
} = require('./operation_failure');
const { Operations } = require('./operations');
const { WaitingRoom } = require('./waiting_room');

/** @typedef {import('../native/binding').NativeEvent} NativeEvent */
/** @typedef {import('./operations').Settle} Settle */

/** What the native side may hold, queued and unacknowledged together; the rest waits here. */
const MOST_PUBLISHES = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * @typedef {object} SessionHooks
 * @property {(event: NativeEvent) => void} state The connection changed its state, by the request whose number
 *   `event.request` is; after `broken` there is none, and no answer to a request made before comes.
 * @property {(topic: string, payload: Buffer, token: number) => void} message A message came. Token 0: nothing to
 *   acknowledge.
 */

/**
 * Operations over the native session. Publishes of one tick cross to it together, in a slab of bytes; it wakes us once
 * per burst, and what it has to tell is taken in turns (`arrivals.js`).
 */
class Session {
  /** @type {NativeSession} */
  #native;
  /** @type {Crossing} */
  #crossing;
  /** @type {Arrivals} */
  #arrivals;
  #hooks;
  #limits;
  /** Of the last request that concerned the connection. */
  #number = 0;
  #operations = new Operations();

  /** Messages that have got through so far, in either direction. */
  through = 0;

  /** Whether a full native queue is an error; otherwise the rest waits here. */
  refuseWhenFull = false;
  #waiting = new WaitingRoom();
  #endings = new Endings();
  #deadlines = new Deadlines(this.#operations, (endings) => this.#cancel(endings));

  /** The last `disconnect`: its number, and when its grace time ends (`performance.now()`). */
  #leaving = { number: 0, end: 0 };
  /** Set while it waits for those waiting to find room. @type {NodeJS.Timeout | undefined} */
  #grace;

  /**
   * @param {SessionHooks} hooks Their exceptions surface as uncaught, after everybody else was served.
   * @param {import('../native/binding').NativeLimits} [limits]
   */
  constructor(hooks, limits) {
    this.#hooks = hooks;
    this.#limits = limits;
    [this.#native, this.#crossing, this.#arrivals] = this.#begin();
  }

  /** @returns {[NativeSession, Crossing, Arrivals]} A native session, and the ways to it and back. */
  #begin() {
    const { bell, number } = nextBell();
    const native = new NativeSession(bell, number, this.#limits);
    const arrivals = new Arrivals(native, {
      done: (id) => this.#done(id),
      message: (topic, payload, token) => this.#message(topic, payload, token),
      event: (event) => this.#handle(event),
      over: () => this.#pieceOver(),
    });
    listen(number, arrivals);
    // Not within the call that found it: nobody expects callbacks there.
    const crossing = new Crossing(native, (error) => process.nextTick(() => this.#refused(native, error)));
    return [native, crossing, arrivals];
  }

  /**
   * What crossed was refused, so its operations would never be told: they end as when the native side breaks.
   *
   * @param {NativeSession} native
   * @param {Error} error
   */
  #refused(native, { message: detail }) {
    if (native !== this.#native) return;
    native.stop();
    const failure = { stage: 'connected', kind: 'internal', detail, chain: [], roots: [], elapsedMs: 0 };
    this.#broken(/** @type {NativeEvent} */ ({ kind: 'broken', failure }));
  }

  /**
   * @param {Omit<import('../native/binding').NativeRequest, 'number' | 'replaces'>} request
   * @param {number} [replaces] The number of the connection to be replaced by this one, without a gap. If it does not
   *   stand any more, nothing is done, and nothing told.
   * @returns {number} Of this request, and of the connection it makes.
   */
  connect(request, replaces) {
    this.#number += 1;
    this.#native.connect({ ...request, number: this.#number, replaces });
    // The native side has its own copy, which it wipes.
    request.identity?.key.fill(0);
    return this.#number;
  }

  /**
   * @param {string} topic ASCII, at most 65 535 bytes.
   * @param {string | Uint8Array} body Copied before this returns. At most 255 KiB.
   * @param {number} qos
   * @param {Settle} settle
   * @param {import('./deadlines').Limits} [limits]
   */
  publish(topic, body, qos, settle, limits) {
    if (limits?.signal?.aborted) {
      process.nextTick(settle, withDelivery(abortedBy(limits.signal), 'not sent'));
      return;
    }
    const id = this.#add(settle);
    if (this.#waiting.size === 0 && this.#hasRoom) {
      this.#handOver(id, topic, body, qos);
    } else if (this.refuseWhenFull) {
      this.#operations.remove(id);
      process.nextTick(settle, queueFull());
      return;
    } else {
      this.#waiting.push({ id, topic, body: typeof body === 'string' ? body : Uint8Array.from(body), qos });
    }
    if (limits !== undefined) this.#deadlines.limit(id, limits);
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
    this.#crossing.acknowledge(token);
  }

  /**
   * Ends every operation with `error`, which each gets with its own `delivery`.
   *
   * @param {Error} error
   * @param {() => void} done Called when each has been told.
   */
  fail(error, done) {
    this.#cancel(endingsOf(this.#operations.ids(), error));
    this.#endings.whenNone(done);
  }

  /**
   * Closes; the state `closed` tells the end.
   *
   * @param {number} graceMs For what is queued or not acknowledged; the rest fails.
   * @returns {number} Of this request.
   */
  disconnect(graceMs) {
    this.#number += 1;
    this.#leaving = { number: this.#number, end: performance.now() + graceMs };
    if (this.#waiting.size === 0 || graceMs === 0) this.#leave();
    else this.#grace = setTimeout(() => this.#leave(), graceMs);
    return this.#number;
  }

  /** Ends the connection at once. Nothing is reported any more. */
  stop() {
    this.#arrivals.end();
    this.#native.stop();
  }

  /** Messages wait to be acknowledged. */
  get waits() {
    return this.#operations.publishes > 0;
  }

  /** @returns {{ queued: number, inFlight: number }} Publishes not yet written, and those not yet acknowledged. */
  counts() {
    const inFlight = this.#native.written();
    return { queued: Math.max(0, this.#operations.publishes - inFlight) + this.#waiting.size, inFlight };
  }

  /** Everything that will be sent goes to the native side now. */
  #leave() {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#cancel(endingsOf(this.#waiting.ids(), closedBeforeDone()));
    this.#crossing.cross();
    const { number, end } = this.#leaving;
    const native = this.#native;
    // A listener may be running: its message is acknowledged when it returns, or after it threw, which must come first.
    setImmediate(() => {
      this.#crossing.cross();
      // If that one has broken meanwhile, its successor is not to be closed.
      native.disconnect(number, Math.max(0, Math.round(end - performance.now())));
    });
  }

  /** @param {Settle} settle */
  #add(settle) {
    return this.#operations.add(settle, this.#deadlines.expiry());
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
    this.#operations.handOver(id, topic.length + this.#crossing.publish(id, topic, body, qos));
  }

  /** @param {number} id Of a publish that is acknowledged. */
  #done(id) {
    // What the callbacks send goes out when all of this piece have run.
    this.#crossing.gather();
    this.through += 1;
    this.#over(id);
    const settle = this.#operations.remove(id);
    try {
      settle(null, new MessageEnqueued());
    } catch (error) {
      surface(error);
    }
  }

  #pieceOver() {
    if (this.#waiting.size > 0) this.#refill();
    this.#endings.told();
    this.#crossing.cross();
  }

  /** @param {NativeEvent} event */
  #handle(event) {
    try {
      if (event.kind === 'granted') this.#granted(/** @type {number} */ (event.id), event.codes);
      else if (event.kind === 'renewing') this.#caughtUp(Number(event.request));
      else if (event.kind === 'ended') this.#ended(/** @type {number} */ (event.id), event.delivery);
      else if (event.kind === 'broken') this.#broken(event);
      else this.#state(event);
    } catch (error) {
      surface(error);
    }
  }

  /**
   * The listeners of all messages before have run.
   *
   * @param {number} number
   */
  #caughtUp(number) {
    this.#crossing.cross();
    this.#native.caughtUp(number);
  }

  /**
   * @param {string} topic
   * @param {Buffer} payload
   * @param {number} token
   */
  #message(topic, payload, token) {
    this.#crossing.gather();
    this.through += 1;
    try {
      this.#hooks.message(topic, payload, token);
    } catch (error) {
      surface(error);
    }
  }

  /** @param {NativeEvent} event */
  #state(event) {
    // Those who wait for room in a session about to close would wait for nothing.
    if (event.kind === 'lost' && this.#grace !== undefined) this.#leave();
    this.#hooks.state(event);
  }

  /**
   * The native side broke: it tells nothing more of what it held, and a new one takes its place.
   *
   * @param {NativeEvent} event
   */
  #broken(event) {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#arrivals.end();
    [this.#native, this.#crossing, this.#arrivals] = this.#begin();
    const held = this.#operations.ids().map((id) => {
      const error = this.#over(id) ?? brokenBeforeDone();
      const told = withDelivery(error, this.#waiting.has(id) ? 'not sent' : 'unknown');
      return { settle: this.#operations.remove(id), told };
    });
    this.#waiting.clear();
    for (const { settle, told } of held) guarded(settle, told);
    this.#endings.told();
    this.#hooks.state(event);
  }

  /**
   * @param {number} id
   * @param {number[] | undefined} codes
   */
  #granted(id, codes) {
    this.#over(id);
    this.#operations.remove(id)(null, codes);
  }

  /**
   * @param {number} id
   * @param {'not sent' | 'unknown' | undefined} delivery
   */
  #ended(id, delivery) {
    const error = this.#over(id) ?? closedBeforeDone();
    this.#operations.remove(id)(withDelivery(error, delivery));
  }

  /**
   * @param {number} id
   * @returns {Error | undefined} Why it was cancelled, if it was.
   */
  #over(id) {
    if (this.#endings.size === 0) return undefined;
    const error = this.#endings.take(id);
    if (this.#endings.size === 0) this.#deadlines.keepAlive(false);
    return error;
  }

  /**
   * Cancelled operations come back from the native side as `ended`, unless they are done already; those still waiting
   * here end here.
   *
   * @param {Map<number, Error>} endings
   */
  #cancel(endings) {
    for (const [id, error] of endings) this.#endings.add(id, error);
    const here = this.#waiting.take(endings.keys());
    for (const id of here) this.#arrivals.tell({ kind: 'ended', id, delivery: 'not sent' });
    if (endings.size > here.length) {
      const gone = new Set(here);
      this.#crossing.cross();
      this.#native.cancel(Uint32Array.from(endings.keys()).filter((id) => !gone.has(id)));
    }
    if (this.#endings.size === 0) return;
    // The confirmations come on a wake that does not keep the process alive.
    this.#deadlines.keepAlive(true);
  }

  #refill() {
    while (this.#waiting.size > 0 && this.#hasRoom) {
      const next = /** @type {import('./waiting_room').Waiting} */ (this.#waiting.shift());
      const { id, topic, body, qos } = next;
      this.#handOver(id, topic, body, qos);
    }
    if (this.#grace !== undefined && this.#waiting.size === 0) this.#leave();
  }
}

/**
 * @param {number[]} ids
 * @param {Error} error
 */
function endingsOf(ids, error) {
  return new Map(ids.map((id) => [id, error]));
}

module.exports = { Session };
