// @ts-check
'use strict';

const { AsyncResource } = require('node:async_hooks');
const { Queue } = require('./queue');

/** For so long all who have something to do hold the event loop together, before its timers and sockets come. Milliseconds. */
const TURN_MS = 10;
/** For so long one of them holds the others up. Milliseconds. */
const PIECE_MS = 2;
/** So many things one of them does at a time. */
const MOST = 128;
/** Of a piece of so many it need not be looked at how long it takes: one thing, and room to see that nothing follows. */
const BRIEF = 2;

/**
 * Does a piece of some work: at most `most` things, and none after `until` (`performance.now()`); at least one.
 *
 * @typedef {(most: number, until: number) => boolean} Work `true`: something is left.
 */

/** Who waits for his turn. @type {Queue<Turns>} */
const waiting = new Queue();
/** To be done when the turn is over. @type {(() => void)[]} */
const afterwards = [];
/** A turn is under way, or will begin. */
let expected = false;
/** One is under way. */
let running = false;
/** When it ends. */
let end = 0;
/** Until then, turns begin at once: the event loop came round a moment ago. */
let freeUntil = 0;
/** Who had the last piece, and when it began. @type {Turns | undefined} */
let last;
let begun = 0;
const resolved = Promise.resolve();

/**
 * Work that calls an app's code, in pieces: neither the event loop nor the other work of the process waits for the whole of it,
 * whatever comes and however long the app takes.
 *
 * Between two pieces ticks and promises run, so that their time counts: what an app does in `async` functions is its own
 * time, too. Pieces become smaller when they take long, and larger when they do not.
 */
class Turns {
  #work;
  /** What is told belongs to whoever made this, as `AsyncLocalStorage` sees it, and not to whoever else has turns. */
  #context = new AsyncResource('EdgeDownstreamTurns');
  #most = 1;
  #asked = false;

  /** @param {Work} work */
  constructor(work) {
    this.#work = work;
  }

  /** There is something to do: its turn comes, once the running code has ended. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    waiting.push(this);
    if (expected) return;
    expected = true;
    setImmediate(comeRound);
  }

  /**
   * A piece of it.
   *
   * @param {number} now
   */
  piece(now) {
    this.#asked = false;
    try {
      if (this.#context.runInAsyncScope(this.#work, undefined, this.#most, now + PIECE_MS)) this.ask();
    } catch (error) {
      // A fault of ours must not end the turns of all others.
      afterTurn(() => {
        throw error;
      });
    }
  }

  /** @param {number} ms The time that the last piece took, with all that followed from it. */
  took(ms) {
    // Smaller, too, when there was less to do than it might.
    if (ms > PIECE_MS || !this.#asked) this.#most = Math.max(this.#most >> 1, 1);
    else if (ms < PIECE_MS / 2) this.#most = Math.min(this.#most * 2, MOST);
  }

  /** Its last piece was so small, and all there was, that how long it takes need not be looked at. */
  get isBrief() {
    return this.#most <= BRIEF && !this.#asked;
  }
}

/**
 * For what the event loop itself calls, when no code of the app is running: whoever asks meanwhile has his turn now, and not
 * behind all else that the loop has to do. Not for long without the loop's coming round: it calls again and again while
 * there is something to call for, before its timers and sockets come.
 *
 * @param {() => void} wake
 */
function atOnce(wake) {
  if (expected) {
    wake();
    return;
  }
  expected = true;
  wake();
  const now = performance.now();
  if (now < freeUntil) begin(now);
  else setImmediate(comeRound);
}

function comeRound() {
  const now = performance.now();
  freeUntil = now + TURN_MS;
  begin(now);
}

/** @param {number} now */
function begin(now) {
  running = true;
  end = now + TURN_MS;
  next(now);
}

/** @param {number} now */
function next(now) {
  last = waiting.shift();
  begun = now;
  last?.piece(now);
  if (waiting.size === 0 && (last === undefined || last.isBrief)) {
    rest();
    return;
  }
  // Ticks come before promises: a tick made by a promise comes behind both.
  resolved.then(tickAfter);
}

function tickAfter() {
  process.nextTick(after);
}

function after() {
  const now = performance.now();
  last?.took(now - begun);
  if (waiting.size > 0 && now < end) {
    next(now);
    return;
  }
  rest();
}

/** The turn is over. */
function rest() {
  running = false;
  last = undefined;
  expected = waiting.size > 0;
  if (expected) setImmediate(comeRound);
  if (afterwards.length > 0) for (const act of afterwards.splice(0)) process.nextTick(act);
}

/** @param {() => void} act Done when all who wait have had their turn, as far as there is time; without a turn at the next tick. */
function afterTurn(act) {
  if (running) afterwards.push(act);
  else process.nextTick(act);
}

module.exports = { Turns, afterTurn, atOnce };
