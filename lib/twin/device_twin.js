// @ts-check
'use strict';

const { inspect } = require('node:util');

/** @typedef {import('./merge_patch').Properties} Properties */

/**
 * The twin of a device made by `connect()`: in step with the gateway, and read-only but for `report`.
 *
 *     for await (const change of twin) apply(change); // null stands for what was deleted
 */
class DeviceTwin {
  #copy;
  #changes;
  #report;

  /**
   * @param {import('./twin_copy').TwinCopy} copy
   * @param {import('./change_stream').ChangeStream} changes
   * @param {(patch: Properties, options: object) => Promise<{ version: number | undefined }>} report
   */
  constructor(copy, changes, report) {
    this.#copy = copy;
    this.#changes = changes;
    this.#report = report;
  }

  /** What the cloud wants, as it is now, with `$version`. Frozen: a change gives another object. @returns {any} */
  get desired() {
    return this.#copy.desired;
  }

  /** What the device has reported, as far as the gateway took it. Frozen, too. @returns {any} */
  get reported() {
    return this.#copy.reported;
  }

  /**
   * Reports properties: those of the patch, null for what is to be deleted. Reports are taken in the order they are made,
   * also across connection losses.
   *
   * @param {any} patch
   * @param {{ timeout?: number, signal?: AbortSignal }} [options] As in `device.sendEvent`.
   * @returns {Promise<{ version: number | undefined }>} The version of the reported properties with it, where the hub
   *   itself answers: a gateway does not know it.
   * @throws {ArgumentError} It cannot be reported: told at once, or by the gateway (`ERR_IOT_TWIN_REFUSED`).
   * @throws {TimeoutError | NotConnectedError | OperationCancelledError} As in `device.sendEvent`.
   */
  report(patch, options = {}) {
    return this.#report(patch, options);
  }

  /**
   * Changes of the desired properties from now on, each as a merge patch with `$version`; every iterator gets all of them.
   * What changed while there was no connection comes as one. Ends when the device is closed, and throws when its retry
   * policy gives up.
   *
   * @returns {AsyncIterableIterator<any>}
   */
  [Symbol.asyncIterator]() {
    return this.#changes.iterator(this.#copy.desired);
  }

  toJSON() {
    const { desired, reported } = this;
    return { desired, reported };
  }

  /**
   * @param {number} _depth
   * @param {import('node:util').InspectOptions} options
   */
  [inspect.custom](_depth, options) {
    return 'DeviceTwin ' + inspect(this.toJSON(), options);
  }
}

module.exports = { DeviceTwin };
