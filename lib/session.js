// @ts-check
'use strict';

const { NativeSession } = require('./native');
const {
  InvalidOperationError,
  NotConnectedError,
  OperationCancelledError,
  TimeoutError,
} = require('./errors');
const { failure } = require('./failure');
const { MessageEnqueued } = require('./results');
const { surface } = require('./uncaught');

/** @typedef {import('./binding').NativeEvent} NativeEvent */
/**
 * Called once: `(error)`, or `(null, MessageEnqueued)` for a publish, `(null, codes)` for a subscription.
 *
 * @typedef {(error: any, result?: any) => void} Settle
 */

/** How often deadlines are looked at. Milliseconds. */
const TICK_MS = 1000;
/** The limit of an operation without one of its own (device-sdk.md §2.4). Milliseconds. */
const OPERATION_TIMEOUT_MS = 240_000;
const OPERATION_TICKS = OPERATION_TIMEOUT_MS / TICK_MS;

/**
 * A publish that found the native queue full.
 *
 * @typedef {{ id: number, topic: string, body: Uint8Array, qos: number }} Waiting
 */

/**
 * @typedef {object} SessionHooks
 * @property {(event: NativeEvent) => void} state The connection changed its state.
 * @property {(event: NativeEvent) => void} message A message came.
 */

/**
 * Operations over the native session (design: "The way of one message"). Each gets an id, which is its place in two
 * flat lists: no object, timer or promise per message. The native side wakes us once per burst, and one `drain` brings
 * every id that is done.
 */
class Session {
  #native;
  #hooks;
  /** Whether a full native queue is an error; otherwise the rest waits here. */
  refuseWhenFull = false;

  /** By id: whom to tell. `undefined`: the id is free. @type {(Settle | undefined)[]} */
  #settles = [];
  /** By id: the tick at which the operation has taken too long. @type {number[]} */
  #expiries = [];
  /** @type {number[]} */
  #freeIds = [];
  #pending = 0;
  /** By id: why it was cancelled, until the native side confirms. @type {Map<number, Error>} */
  #endings = new Map();
  /** @type {Waiting[]} */
  #waiting = [];
  /** Set while `disconnect` waits for the above to find room. @type {NodeJS.Timeout | undefined} */
  #grace;
  /** When that wait ends. Milliseconds of `performance.now()`. */
  #graceEnd = 0;

  #tick = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #clock;

  /**
   * @param {SessionHooks} hooks Their exceptions surface as uncaught, after everybody else was served.
   * @param {import('./binding').NativeLimits} [limits]
   */
  constructor(hooks, limits) {
    this.#hooks = hooks;
    this.#native = new NativeSession(() => this.#drain(), limits);
  }

  /** @param {import('./binding').NativeRequest} request */
  connect(request) {
    this.#native.connect(request);
  }

  /**
   * @param {string} topic
   * @param {Uint8Array} body Copied before this returns.
   * @param {number} qos
   * @param {Settle} settle
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  publish(topic, body, qos, settle, options) {
    const id = this.#take(settle);
    if (this.#waiting.length > 0 || !this.#native.publish(id, topic, body, qos)) {
      if (this.refuseWhenFull) {
        this.#release(id);
        process.nextTick(settle, queueFull());
        return;
      }
      this.#waiting.push({ id, topic, body: Uint8Array.from(body), qos });
    }
    if (options !== undefined) this.#limit(id, options);
  }

  /**
   * @param {{ topic: string, qos: number }[]} filters
   * @param {Settle} settle `(null, codes)`: one per filter, 0x80 = refused.
   */
  subscribe(filters, settle) {
    this.#native.subscribe(this.#take(settle), filters);
  }

  /**
   * @param {string[]} filters
   * @param {Settle} settle
   */
  unsubscribe(filters, settle) {
    this.#native.unsubscribe(this.#take(settle), filters);
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
    const ids = [];
    for (let id = 0; id < this.#settles.length; id++) if (this.#settles[id]) ids.push(id);
    this.#cancel(ids, error);
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

  /** Everything that will be sent is with the native side. */
  #leave() {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    const left = this.#waiting.map(({ id }) => id);
    this.#cancel(left, closedBeforeDone());
    this.#native.disconnect(Math.max(0, Math.round(this.#graceEnd - performance.now())));
  }

  /** Ends the connection at once. Nothing is reported any more. */
  stop() {
    this.#native.stop();
  }

  /** @returns {{ queued: number, inFlight: number }} Publishes not yet written, and those not yet acknowledged. */
  counts() {
    const { publishes, written } = this.#native.held();
    return { queued: publishes - written + this.#waiting.length, inFlight: written };
  }

  /** @param {Settle} settle */
  #take(settle) {
    const id = this.#freeIds.pop() ?? this.#settles.length;
    this.#settles[id] = settle;
    this.#expiries[id] = this.#tick + OPERATION_TICKS;
    this.#pending += 1;
    if (this.#clock === undefined) this.#startClock();
    return id;
  }

  /** @param {number} id */
  #release(id) {
    const settle = /** @type {Settle} */ (this.#settles[id]);
    this.#settles[id] = undefined;
    this.#freeIds.push(id);
    this.#pending -= 1;
    return settle;
  }

  #drain() {
    const { acknowledged, others } = this.#native.drain();
    if (acknowledged !== undefined) {
      for (let i = 0; i < acknowledged.length; i++) {
        const settle = this.#release(acknowledged[i]);
        try {
          settle(null, new MessageEnqueued());
        } catch (error) {
          surface(error);
        }
      }
      if (this.#endings.size > 0) for (const id of acknowledged) this.#confirm(id);
      if (this.#waiting.length > 0) this.#refill();
    }
    if (others !== undefined) for (const event of others) this.#handle(event);
  }

  /** @param {NativeEvent} event */
  #handle(event) {
    try {
      if (event.kind === 'message') this.#hooks.message(event);
      else if (event.kind === 'granted') this.#release(/** @type {number} */ (event.id))(null, event.codes);
      else if (event.kind === 'ended') this.#ended(/** @type {number} */ (event.id), event.delivery);
      else this.#hooks.state(event);
    } catch (error) {
      surface(error);
    }
  }

  /**
   * @param {number} id
   * @param {'not sent' | 'unknown' | undefined} delivery
   */
  #ended(id, delivery) {
    const error = this.#endings.get(id) ?? closedBeforeDone();
    this.#confirm(id);
    this.#release(id)(withDelivery(error, delivery));
  }

  /** @param {number} id Cancelled, and over. */
  #confirm(id) {
    if (this.#endings.delete(id) && this.#endings.size === 0) this.#clock?.unref();
  }

  /**
   * Cancelled operations come back from the native side as `ended`, unless they are done already; those still waiting
   * here end here.
   *
   * @param {number[]} ids
   * @param {Error} error
   */
  #cancel(ids, error) {
    if (ids.length === 0) return;
    const here = new Set(ids);
    const waiting = this.#waiting.filter(({ id }) => here.has(id));
    if (waiting.length > 0) this.#waiting = this.#waiting.filter(({ id }) => !here.has(id));
    const ended = waiting.map(({ id }) => {
      here.delete(id);
      return this.#release(id);
    });
    for (const id of here) this.#endings.set(id, error);
    if (here.size > 0) {
      this.#native.cancel(Uint32Array.from(here));
      // The confirmations come on a wake that does not keep the process alive.
      this.#clock?.ref();
    }
    for (const settle of ended) process.nextTick(settle, withDelivery(error, 'not sent'));
  }

  #refill() {
    let done = 0;
    for (const { id, topic, body, qos } of this.#waiting) {
      if (!this.#native.publish(id, topic, body, qos)) break;
      done += 1;
    }
    if (done > 0) this.#waiting.splice(0, done);
    if (this.#grace !== undefined && this.#waiting.length === 0) this.#leave();
  }

  /**
   * @param {number} id
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} options
   */
  #limit(id, { timeoutMs, signal }) {
    const settle = /** @type {Settle} */ (this.#settles[id]);
    /** @param {Error} error */
    const cancel = (error) => this.#cancel([id], error);
    const aborted = () => cancel(abortedBy(/** @type {AbortSignal} */ (signal)));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    if (timeoutMs !== undefined) {
      this.#expiries[id] = Infinity;
      timer = setTimeout(() => cancel(timedOut(timeoutMs)), timeoutMs).unref();
    }
    signal?.addEventListener('abort', aborted);
    this.#settles[id] = (error, result) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      settle(error, result);
    };
    if (signal?.aborted) aborted();
  }

  /** Ticks while operations are pending: one timer for all of them. */
  #startClock() {
    this.#clock = setInterval(() => {
      this.#tick += 1;
      if (this.#pending === 0) {
        clearInterval(this.#clock);
        this.#clock = undefined;
        return;
      }
      const expired = [];
      for (let id = 0; id < this.#settles.length; id++) {
        if (this.#settles[id] && this.#expiries[id] <= this.#tick) {
          this.#expiries[id] = Infinity;
          expired.push(id);
        }
      }
      this.#cancel(expired, timedOut(OPERATION_TIMEOUT_MS));
    }, TICK_MS).unref();
  }
}

/**
 * The same error for an operation whose fate differs.
 *
 * @param {any} error
 * @param {'not sent' | 'unknown' | undefined} delivery
 */
function withDelivery(error, delivery) {
  const { code = 'ERR_IOT_OPERATION_FAILED', name, message, ...facts } = error;
  return failure(error.constructor, code, error.message, { ...facts, delivery, cause: error.cause });
}

/** @param {number} ms */
function timedOut(ms) {
  return failure(TimeoutError, 'ERR_IOT_OPERATION_TIMEOUT', `No acknowledgement within ${ms} ms`, {
    hint: 'The gateway was not reachable, or did not answer, for that long. Send again, or allow more time.',
  });
}

/** @param {AbortSignal} signal */
function abortedBy(signal) {
  return failure(OperationCancelledError, 'ERR_IOT_ABORTED', 'The operation was aborted by its signal', {
    cause: signal.reason,
  });
}

function closedBeforeDone() {
  return failure(
    NotConnectedError,
    'ERR_IOT_CLIENT_CLOSED',
    'The client was closed before the operation was done',
    {
      hint: 'Await the sends before close(), which gives them only a short grace time.',
    },
  );
}

function queueFull() {
  return failure(InvalidOperationError, 'ERR_IOT_QUEUE_FULL', 'The send queue is full', {
    hint: 'Wait for earlier sends to be acknowledged, or use whenFull: "wait".',
    delivery: 'not sent',
  });
}

module.exports = { Session };
