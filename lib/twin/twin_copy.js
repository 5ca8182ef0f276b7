// @ts-check
'use strict';

const { LongTimer } = require('../plumbing/long_timer');
const { NotConnectedError } = require('../vocabulary/errors');
const { documentOf } = require('./document');
const { differenceOf, isEmpty, merged } = require('./merge_patch');

/** @typedef {import('./merge_patch').Properties} Properties */
/** @typedef {{ desired: Properties, reported: Properties }} Document What a GET is answered with. */
/** @typedef {(error: any, document?: Document) => void} Fetched */

/** A gateway that knows nothing of the twin is asked again after so long, then ever later. Milliseconds. */
const FIRST_ASKED_AGAIN_MS = 30_000;
const LAST_ASKED_AGAIN_MS = 600_000;

/**
 * @typedef {object} Source
 * @property {boolean} follows Every patch comes, from before the first fetch on: what is missing can be told and fetched.
 * @property {(callback: Fetched, limits: object | undefined) => void} fetch Asks the gateway for the twin. Without limits
 *   it is not the app that asks, and there is a connection.
 * @property {(patch: Properties) => void} changed The desired properties were changed so: null for what went.
 */

/**
 * What a device knows of its twin, in step with the gateway: every patch is merged, and where one may have been missed,
 * the twin is fetched and what is new is told as one patch more. What stands here is never changed, only replaced.
 */
class TwinCopy {
  /** @type {Properties} */
  desired = Object.freeze({});
  /** @type {Properties} */
  reported = Object.freeze({});
  #source;
  /** At least once. */
  #fetched = false;
  /** A fetch of our own is under way. */
  #checking = false;
  /** Another is wanted after it. */
  #again = false;
  /** Patches that came since, for each fetch under way. @type {Set<Properties[]>} */
  #since = new Set();
  /** @type {LongTimer | undefined} */
  #pause;
  #delay = FIRST_ASKED_AGAIN_MS;

  /** @param {Source} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * The gateway's twin, of now.
   *
   * @param {(error: any) => void} callback Called when it is merged; what is new is told to nobody else.
   * @param {object} [limits] Of the request.
   */
  fetch(callback, limits = {}) {
    this.#fetch(limits, (error, document) => {
      if (!error) this.#take(/** @type {Document} */ (document));
      callback(error);
    });
  }

  /**
   * A patch came. Its version is the next one, unless the gateway gathered several changes in it, or one was lost.
   *
   * @param {Properties} patch
   */
  arrive(patch) {
    for (const patches of this.#since) patches.push(patch);
    const before = versionOf(this.desired);
    const version = versionOf(patch);
    const known = this.#source.follows && before > 0 && version > 0;
    // An older one was overtaken by a fetch, or is of a twin that was made anew; only the gateway can tell.
    if (known && version < before) {
      this.check();
      return;
    }
    const after = merged(this.desired, patch);
    // What a fetch has brought already.
    if (known && version === before && isEmpty(differenceOf(this.desired, after))) return;
    this.desired = after;
    this.#source.changed(patch);
    if (known && version > before + 1) this.check();
  }

  /**
   * The gateway has taken a patch of reported properties.
   *
   * @param {Properties} patch
   * @param {number} [$version] Of the reported properties with it, where that was told.
   * @returns {Properties} The patch with it.
   */
  taken(patch, $version) {
    const whole = $version === undefined ? patch : { ...patch, $version };
    this.reported = merged(this.reported, whole);
    return whole;
  }

  /** A connection stands anew; what is being fetched is fetched by it. */
  connected() {
    if (this.#fetched && !this.#checking) this.check();
  }

  /** Patches may have been missed. */
  check() {
    if (!this.#source.follows) return;
    this.#again = this.#checking;
    if (this.#checking) return;
    this.#pause?.clear();
    this.#checking = true;
    this.#fetch(undefined, (error, document) => {
      this.#checking = false;
      if (error && !(error instanceof NotConnectedError)) this.#askAgain();
      const patch = error ? {} : this.#take(/** @type {Document} */ (document));
      if (!isEmpty(patch)) this.#source.changed(patch);
      if (this.#again) this.check();
    });
  }

  /** Nobody is to be asked any more, until `check`. */
  rest() {
    this.#again = false;
    this.#pause?.clear();
    this.#delay = FIRST_ASKED_AGAIN_MS;
  }

  /**
   * @param {object | undefined} limits
   * @param {Fetched} callback
   * @param {boolean} [again] The answer before was older than what was known when it was asked for.
   */
  #fetch(limits, callback, again = false) {
    const known = versionOf(this.desired);
    /** @type {Properties[]} */
    const patches = [];
    this.#since.add(patches);
    this.#source.fetch((error, given) => {
      this.#since.delete(patches);
      if (error) {
        callback(error);
        return;
      }
      const { desired, reported } = documentOf(given ?? {});
      const version = versionOf(desired);
      const old = this.#source.follows && version > 0 && version < known;
      // One that is older still belongs to a twin that was made anew.
      if (old && !again) this.#fetch(limits, callback, true);
      else callback(null, { desired: followed(desired, patches), reported });
    }, limits);
  }

  /**
   * @param {Document} document
   * @returns {Properties} What is new among the desired properties.
   */
  #take({ desired, reported }) {
    this.#fetched = true;
    // A gateway that was made anew, and does not reach the hub, answers with an empty twin (edge-gateway.md §4.1).
    if (this.#source.follows && versionOf(desired) === 0 && versionOf(this.desired) > 0) {
      this.#askAgain();
      return {};
    }
    const patch = differenceOf(this.desired, desired);
    this.desired = merged(this.desired, patch);
    this.reported = merged(this.reported, differenceOf(this.reported, reported));
    return patch;
  }

  #askAgain() {
    this.#pause?.clear();
    this.#pause = new LongTimer(() => this.check(), this.#delay).unref();
    this.#delay = Math.min(2 * this.#delay, LAST_ASKED_AGAIN_MS);
  }
}

/**
 * @param {Properties} properties
 * @returns {number} 0: of nothing that a hub has seen.
 */
function versionOf({ $version }) {
  return typeof $version === 'number' ? $version : 0;
}

/**
 * A document that patches may have overtaken, with those that are newer.
 *
 * @param {Properties} desired
 * @param {Properties[]} patches In the order in which they came.
 */
function followed(desired, patches) {
  const newer = patches.filter((patch) => versionOf(patch) === 0 || versionOf(patch) > versionOf(desired));
  return newer.reduce(merged, merged({}, desired));
}

module.exports = { TwinCopy };
