// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { callbackToPromise } = require('../plumbing/callback');
const { guarded } = require('../plumbing/uncaught');
const { quote } = require('../vocabulary/failure');
const { applyPatch, differenceOf, nodesOf, valueAt } = require('./merge_patch');
const { badPatch, jsonOfPatch } = require('./patch');
const { TwinCopy } = require('./twin_copy');

/** @typedef {import('./merge_patch').Properties} Properties */
/** @typedef {(error: any, result?: any) => void} Callback */

/**
 * What a twin needs of its client.
 *
 * @typedef {object} Access
 * @property {boolean} follows
 * @property {import('./twin_copy').Source['fetch']} fetch
 * @property {(patch: Properties, json: string, callback: Callback) => void} report `(error, { version })`
 * @property {() => void} listen Changes of the desired properties are wanted.
 */

/** @type {(twin: Twin) => TwinCopy} */
let reveal;

/**
 * The twin of a device, as azure-iot-device has it (device-sdk.md §6); `client.getTwin()` makes it.
 *
 * `properties.desired` and `properties.reported` are the same objects for good, and hold what is known at the moment.
 * Events: `properties.desired` with each change, then `properties.desired.<path>` for each value in it, parents first; null
 * stands for what was deleted. After a fetch by the app the whole tree counts as changed. `error(Error)`: changes could not
 * be subscribed to.
 */
class Twin extends EventEmitter {
  static errorEvent = 'error';
  static desiredPath = 'properties.desired';

  static {
    reveal = (twin) => twin.#copy;
  }

  /** The app listens to changes. */
  userRegisteredDesiredPropertiesListener = false;
  /** @type {{ desired: Properties, reported: any }} */
  properties;
  #access;
  #copy;

  /** @param {Access} access */
  constructor(access) {
    super();
    this.#access = access;
    const { follows, fetch } = access;
    this.#copy = new TwinCopy({ follows, fetch, changed: (patch) => this.#changed(patch) });
    const update = (/** @type {any} */ patch, /** @type {Callback} */ callback) =>
      this.#report(patch, callback);
    // A property of this name stays in the twin's JSON.
    Object.defineProperty(update, 'toJSON', { value: () => this.#copy.reported.update });
    this.properties = { reported: { update }, desired: {} };
  }

  /**
   * Fetches the twin.
   *
   * @param {Callback} [callback] `(error, twin)`, after the events.
   * @returns {any}
   */
  get(callback) {
    return callbackToPromise((done) => {
      this.#copy.fetch((error) => {
        if (error) {
          done(error);
          return;
        }
        this.#show();
        this.#tell(this.properties.desired);
        done(null, this);
      });
    }, callback);
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  on(event, listener) {
    super.on(event, listener);
    this.#added(event, listener);
    return this;
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  addListener(event, listener) {
    return this.on(event, listener);
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  prependListener(event, listener) {
    super.prependListener(event, listener);
    this.#added(event, listener);
    return this;
  }

  /**
   * A late listener is told what is there already: on the next tick, and nobody else.
   *
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  #added(event, listener) {
    const { desiredPath } = Twin;
    if (typeof event !== 'string' || !event.startsWith(desiredPath)) return;
    const [rest, ...path] = event.slice(desiredPath.length).split('.');
    const known = rest === '' ? valueAt(this.properties.desired, path) : undefined;
    if (known !== undefined) {
      process.nextTick(() => {
        if (this.rawListeners(event).includes(listener)) guarded(() => listener.call(this, known));
      });
    }
    this.userRegisteredDesiredPropertiesListener = true;
    this.#access.listen();
  }

  /**
   * @param {any} patch
   * @param {Callback} callback `(null, { version })`, the version only where the hub itself answers.
   * @returns {any}
   */
  #report(patch, callback) {
    return callbackToPromise((done) => {
      if (typeof patch === 'string') throw badPatch(`are ${quote(patch)}, not an object`);
      const json = jsonOfPatch(patch);
      this.#access.report(patch, json, (error, answer) => {
        if (error) {
          done(error);
          return;
        }
        const { version } = answer ?? {};
        const { update, ...taken } = this.#copy.taken(JSON.parse(json), version);
        applyPatch(this.properties.reported, taken);
        done(null, { version });
      });
    }, callback);
  }

  /** @param {Properties} patch */
  #changed(patch) {
    applyPatch(this.properties.desired, patch);
    this.#tell(patch);
  }

  /** After a fetch the app sees what is known. */
  #show() {
    const { desired, reported } = this.#copy;
    for (const [shown, known] of [
      [this.properties.desired, desired],
      [this.properties.reported, { ...reported, update: this.properties.reported.update }],
    ]) {
      applyPatch(shown, differenceOf(shown, known));
    }
  }

  /** @param {Properties} changed */
  #tell(changed) {
    const { desiredPath } = Twin;
    guarded(() => this.emit(desiredPath, changed));
    for (const [path, value] of nodesOf(changed, desiredPath)) guarded(() => this.emit(path, value));
  }
}

/**
 * What a twin shows, for the client that keeps it in step.
 *
 * @param {Twin} twin
 */
function copyOf(twin) {
  return reveal(twin);
}

module.exports = { Twin, copyOf };
