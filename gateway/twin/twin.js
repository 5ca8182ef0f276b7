// @ts-check
'use strict';

const { merge } = require('./patch');
const { checkSize } = require('./validation');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 * @typedef {import('../index').Twin} TwinDocument
 *
 * One half of a twin; never changed, only replaced. The version is absent where only the device has told something.
 * @typedef {{ properties: TwinProperties, version: number | undefined }} Half
 *
 * @typedef {{ desired: Half, reported: Half }} Halves
 */

/** @type {Half} */
const UNKNOWN = { properties: {}, version: undefined };

/** The twin of one identity: the hub's, and what the gateway holds of it (contract edge-gateway.md §4.1–§4.3). */
class Twin {
  /** @type {{ desired: Half & { version: number }, reported: Half & { version: number } }} */
  #hub = { desired: { properties: {}, version: 1 }, reported: { properties: {}, version: 1 } };
  /** @type {Halves | undefined} */
  #cached;
  /** @type {TwinProperties | undefined} what the hub's reported properties will be once the cloud is reached */
  #ahead;
  /** @type {Half | undefined} the hub's desired properties before the changes that the gateway missed offline */
  #before;

  get hub() {
    return this.#hub;
  }

  /** The gateway asks the hub. */
  pull() {
    this.#cached = this.#hub;
  }

  /** The gateway's store is gone. */
  forget() {
    this.#cached = undefined;
    this.#ahead = undefined;
  }

  get isCached() {
    return this.#cached !== undefined;
  }

  /** What the gateway answers with, without a cached twin `{ desired: {}, reported: {} }`. */
  toDocument() {
    return documentOf(this.#cached ?? { desired: UNKNOWN, reported: UNKNOWN });
  }

  /**
   * The device reports.
   * @param {TwinProperties} patch
   * @param {boolean} online whether the hub learns it at once
   * @returns {number} the version of the hub's reported properties with it
   * @throws {import('./validation').InvalidPatchError} too large
   */
  report(patch, online) {
    const ahead = merge(this.#ahead ?? this.#hub.reported.properties, patch);
    checkSize(ahead);
    const { desired, reported } = this.#cached ?? { desired: UNKNOWN, reported: UNKNOWN };
    this.#cached = { desired, reported: { ...reported, properties: merge(reported.properties, patch) } };
    this.#ahead = ahead;
    const version = this.#hub.reported.version + 1;
    if (online) this.upload();
    return version;
  }

  /** The hub learns what the device has reported. */
  upload() {
    if (this.#ahead === undefined) return;
    const { desired, reported } = this.#hub;
    this.#hub = { desired, reported: { properties: this.#ahead, version: reported.version + 1 } };
    this.#ahead = undefined;
  }

  /**
   * The hub's desired properties change.
   * @param {TwinProperties} patch
   * @param {number | undefined} version default the next
   * @param {boolean} online whether the gateway could learn it
   * @returns {number} version
   * @throws {import('./validation').InvalidPatchError} too large
   * @throws {RangeError} the version is not above the present one
   */
  change(patch, version, online) {
    const { desired, reported } = this.#hub;
    const next = version ?? desired.version + 1;
    if (!Number.isSafeInteger(next) || next <= desired.version) {
      throw new RangeError(`desired version ${version} is not above the present ${desired.version}`);
    }
    const properties = merge(desired.properties, patch);
    checkSize(properties);
    if (!online) this.#before ??= desired;
    this.#hub = { desired: { properties, version: next }, reported };
    return next;
  }

  /**
   * What the device was told last: the gateway's cached desired properties, or else the hub's before the changes that
   * the gateway missed.
   * @returns {Half | undefined}
   */
  get known() {
    const cached = this.#cached?.desired;
    return cached?.version === undefined ? this.#before : cached;
  }

  /** The cloud is reached again, and the device has been told. */
  settle() {
    this.#before = undefined;
  }
}

/**
 * @param {Halves} halves
 * @returns {TwinDocument}
 */
function documentOf({ desired, reported }) {
  return { desired: withVersion(desired), reported: withVersion(reported) };
}

/** @param {Half} half */
function withVersion({ properties, version }) {
  return version === undefined ? properties : { ...properties, $version: version };
}

module.exports = { Twin, documentOf };
