// @ts-check
'use strict';

const { documentOf, readProperties } = require('../twin/document');
const { twinRefusal } = require('../twin/refusal');
const { LongTimer } = require('../plumbing/long_timer');
const { guarded } = require('../plumbing/uncaught');
const { uniqueId } = require('../plumbing/unique_id');
const { AbortSignals } = require('../session/abort_signals');
const { abortedBy, closedBeforeDone, timedOut, withDelivery } = require('../session/operation_failure');
const { InvalidOperationError, TimeoutError } = require('../vocabulary/errors');
const { bodyTooLarge } = require('./message_size');
const { queryOf } = require('./topics');

/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {import('../connection/transport').RequestLimits} RequestLimits */

const RESPONSES = '$iothub/twin/res/';
const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const GET = '$iothub/twin/GET/?$rid=';
const REPORTED = '$iothub/twin/PATCH/properties/reported/?$rid=';

/**
 * An answer that is later is taken for lost, and the request is repeated; the next time after twice as long. It would
 * still count: a gateway whose hub hangs answers after 50 s (edge-gateway.md §4.1). Milliseconds.
 */
const PATIENCE_MS = 30_000;

/**
 * A GET, or a report.
 *
 * @typedef {object} Request
 * @property {string} topic What the request id follows.
 * @property {string} body
 * @property {Callback} callback
 * @property {RequestLimits} limits
 * @property {boolean} written At least once.
 * @property {number} refusals That were to be tried again.
 * @property {() => void} release Nobody watches its limits any more.
 */

/**
 * @typedef {object} Wire
 * @property {(topic: string, body: string, callback: Callback) => void} publish By QoS 0, on this connection or not at all.
 * @property {(callback: Callback) => void} subscribe To the responses; called back when this connection has granted it.
 */

/**
 * Twin requests and their responses (device-sdk.md §3.8), one after the other: so reports keep their order, whatever is
 * lost or refused on the way. A gateway serves them like that anyway (edge-gateway.md §2.7).
 *
 * They travel by QoS 0. What a connection took along is asked again by the next one, under an id of its own; answers to
 * ids of earlier connections, or to requests that are over, are nobody's.
 */
class TwinRequests {
  /** Where responses come. @type {import('./topics').Row} */
  row = {
    qos: 0,
    prefix: () => RESPONSES,
    receive: (rest, payload, settle) => {
      settle();
      this.#onResponse(rest, payload);
    },
  };

  /** The first is under way. @type {Request[]} */
  #queue = [];
  /** @type {AbortSignals<Request>} */
  #signals = new AbortSignals((requests, signal) => {
    for (const request of requests) this.#end(request, abortedBy(signal));
  });
  /** Counts connections; 0: none stands. */
  #line = 0;
  #lines = 0;
  /** The one that stands brings responses. */
  #open = false;
  /** Those under which the first was asked by it. */
  #ids = new Set();
  /** Until the first is asked again. @type {LongTimer | undefined} */
  #pause;
  /** Whom to tell when the reports are through, or may not wait any longer. @type {(() => void)[]} */
  #closers = [];
  /** @type {NodeJS.Timeout | undefined} */
  #grace;
  #wire;

  /** @param {Wire} wire */
  constructor(wire) {
    this.#wire = wire;
  }

  /**
   * @param {Callback} callback `(error, { desired, reported })`
   * @param {RequestLimits} [limits]
   */
  get(callback, limits) {
    this.#add(GET, ' ', callback, limits);
  }

  /**
   * @param {string} patch JSON.
   * @param {Callback} callback `(error, { version })`, the version only where the hub itself answers. One that no packet
   *   can hold is `ERR_IOT_MESSAGE_TOO_LARGE` at once.
   * @param {RequestLimits} [limits]
   */
  report(patch, callback, limits) {
    const fault = bodyTooLarge('the reported properties', patch);
    if (fault) process.nextTick(callback, fault);
    else this.#add(REPORTED, patch, callback, limits);
  }

  /** A connection stands; maybe in the place of another one. */
  connected() {
    this.#hangUp();
    this.#lines += 1;
    this.#line = this.#lines;
    this.#next();
  }

  disconnected() {
    this.#hangUp();
    if (this.#closers.length > 0) this.fail(closedBeforeDone());
  }

  /** @param {Error} error For all that is under way. */
  fail(error) {
    this.#forget();
    for (const request of this.#queue.splice(0)) tell(request, error);
    this.#closed();
  }

  /**
   * Reports get some time to be answered, everything else ends.
   *
   * @param {number} graceMs
   * @param {() => void} done
   */
  close(graceMs, done) {
    const over = this.#queue.filter(({ topic }) => topic === GET || this.#line === 0);
    for (const request of over) this.#end(request, closedBeforeDone());
    if (this.#queue.length === 0) {
      done();
      return;
    }
    this.#closers.push(done);
    this.#grace ??= setTimeout(() => this.fail(closedBeforeDone()), graceMs);
  }

  /**
   * @param {string} topic
   * @param {string} body
   * @param {Callback} callback
   * @param {RequestLimits} [limits]
   */
  #add(topic, body, callback, limits = {}) {
    /** @type {Request} */
    const request = { topic, body, callback, limits, written: false, refusals: 0, release: () => {} };
    this.#queue.push(request);
    this.#watch(request);
    if (this.#queue[0] === request) this.#next();
  }

  /** @param {Request} request */
  #watch(request) {
    const { timeoutMs, signal } = request.limits;
    const timer =
      timeoutMs === undefined || timeoutMs === Infinity
        ? undefined
        : new LongTimer(() => this.#end(request, timedOut(timeoutMs)), timeoutMs).unref();
    if (signal) this.#signals.watch(signal, request);
    request.release = () => {
      timer?.clear();
      if (signal) this.#signals.forget(signal, request);
    };
    if (signal?.aborted) this.#end(request, abortedBy(signal));
  }

  /** Asks what is the first, unless it is under way already. */
  #next() {
    const line = this.#line;
    if (line === 0 || this.#queue.length === 0) return;
    if (this.#open) {
      const [first] = this.#queue;
      // One that is aborted together with the one before it is about to end.
      const asked = this.#ids.size > 0 || this.#pause || first.limits.signal?.aborted;
      if (!asked) this.#ask(first, PATIENCE_MS);
      return;
    }
    this.#wire.subscribe((error) => {
      if (this.#line !== line) return;
      this.#open = !error;
      if (error) this.fail(error);
      else this.#next();
    });
  }

  /**
   * @param {Request} request
   * @param {number} patience Milliseconds.
   */
  #ask(request, patience) {
    const id = uniqueId();
    this.#ids.add(id);
    request.written = true;
    const written = (/** @type {any} */ error) => {
      if (!this.#ids.has(id)) return;
      // What a loss took along is asked again after it.
      if (error instanceof InvalidOperationError) this.#end(request, error);
      // It has waited for its turn behind other messages for as long as any may.
      else if (error instanceof TimeoutError) this.#ask(request, patience);
      else if (!error) this.#askAfter(patience, () => this.#ask(request, 2 * patience));
    };
    this.#wire.publish(request.topic + id, request.body, written);
  }

  /**
   * @param {number} ms
   * @param {() => void} ask
   */
  #askAfter(ms, ask) {
    this.#pause?.clear();
    this.#pause = new LongTimer(ask, ms).unref();
  }

  /**
   * @param {string} rest `{status}/?$rid={id}`, and of a hub `&$version={n}`.
   * @param {Buffer} payload
   */
  #onResponse(rest, payload) {
    const [, status, query] = /^(\d+)\/\?(.*)$/.exec(rest) ?? [];
    const { $rid, $version } = queryOf(query ?? '');
    if (!this.#ids.has($rid)) return;
    const [request] = this.#queue;
    let answer;
    try {
      answer = answerOf(request, Number(status), payload);
    } catch (unreadable) {
      this.#end(request, unreadable);
      return;
    }
    if (answer instanceof Error) this.#onRefusal(request, answer);
    else this.#end(request, null, { ...answer, ...($version && { version: Number($version) }) });
  }

  /**
   * @param {Request} request
   * @param {Error} refusal
   */
  #onRefusal(request, refusal) {
    let delay, error;
    try {
      delay = request.limits.again?.(refusal, request.refusals + 1);
    } catch (policyError) {
      error = policyError;
    }
    // A policy may end the request itself, by its signal or by closing the client.
    if (this.#queue[0] !== request) return;
    if (delay === undefined) {
      this.#end(request, error ?? refusal);
      return;
    }
    request.refusals += 1;
    this.#ids.clear();
    this.#askAfter(delay, () => this.#ask(request, PATIENCE_MS));
  }

  /**
   * @param {Request} request
   * @param {any} error
   * @param {any} [result]
   */
  #end(request, error, result) {
    const place = this.#queue.indexOf(request);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    if (place === 0) {
      this.#forget();
      this.#next();
    }
    tell(request, error, result);
    if (this.#queue.length === 0) this.#closed();
  }

  /** No answer will come to what was asked so far. */
  #forget() {
    this.#pause?.clear();
    this.#pause = undefined;
    this.#ids.clear();
  }

  #hangUp() {
    this.#line = 0;
    this.#open = false;
    this.#forget();
  }

  #closed() {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    for (const done of this.#closers.splice(0)) process.nextTick(done);
  }
}

/**
 * @param {Request} request
 * @param {any} error
 * @param {any} [result]
 */
function tell({ release, callback, written }, error, result) {
  release();
  if (error) process.nextTick(callback, withDelivery(error, written ? 'unknown' : 'not sent'));
  else guarded(callback, null, result);
}

/**
 * @param {Request} request
 * @param {number} status
 * @param {Buffer} payload
 * @returns {Error | Record<string, any>} Why it was refused; or the twin, or nothing more.
 * @throws {FormatError} `ERR_IOT_TWIN_UNREADABLE`
 */
function answerOf({ topic }, status, payload) {
  const effect = topic === GET ? 'the twin was not given' : 'the reported properties were not taken';
  if (status >= 300) return twinRefusal(effect, status, payload);
  if (topic !== GET && payload.length === 0) return {};
  const answer = readProperties(payload, 'The answer to a twin request');
  // A hub may tell an error in the body alone.
  if (answer.errorCode) return twinRefusal(effect, status, payload);
  return topic === GET ? documentOf(answer) : {};
}

/**
 * Changes of the desired properties: `$iothub/twin/PATCH/properties/desired/?$version={n}`.
 *
 * @param {(patch: Record<string, any>) => void} deliver
 * @param {(error: Error) => void} failed One cannot be read; the version of the next shows that it is missing.
 * @returns {import('./topics').Row}
 */
function desiredRow(deliver, failed) {
  return {
    qos: 0,
    prefix: () => DESIRED,
    receive: (_rest, payload, settle) => {
      settle();
      let patch;
      try {
        patch = readProperties(payload, 'A change of the desired properties');
      } catch (error) {
        failed(/** @type {Error} */ (error));
        return;
      }
      deliver(patch);
    },
  };
}

module.exports = { TwinRequests, desiredRow };
