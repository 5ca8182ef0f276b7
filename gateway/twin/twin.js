// @ts-check
'use strict';

const { inspect } = require('node:util');
const { difference, merge, mergePatches } = require('./patch');
const { InvalidPatchError, refusalOfHub } = require('./validation');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 * @typedef {import('../index').Twin} TwinDocument
 *
 * One half of a twin; never changed, only replaced. The version is absent where only the device has told something.
 * @typedef {{ properties: TwinProperties, version: number | undefined }} Half
 *
 * @typedef {{ desired: Half, reported: Half }} Halves
 */

/**
 * Of reported properties, what the hub has not taken included; UTF-8 bytes. edgeHub has no such limit; here a device that
 * reports ever more would hold up all others.
 */
const MOST_KEPT = 65536;

/** @type {Half} */
const UNKNOWN = { properties: {}, version: undefined };

/** The twin of one identity: the hub's, and what the gateway holds of it (StoringTwinManager.cs, TwinStore.cs). */
class Twin {
  /** @type {{ desired: Half & { version: number }, reported: Half & { version: number } }} */
  #hub = { desired: { properties: {}, version: 1 }, reported: { properties: {}, version: 1 } };
  /** @type {Halves | undefined} */
  #cached;
  /** When the cached twin was fetched from the hub; milliseconds. */
  #fetchedAt = -Infinity;
  /** @type {TwinProperties | undefined} what the device has reported and the hub has not taken, as a patch */
  #unsent;

  get hub() {
    return this.#hub;
  }

  get isCached() {
    return this.#cached !== undefined;
  }

  /** Milliseconds since the cached twin was fetched from the hub. */
  get age() {
    return performance.now() - this.#fetchedAt;
  }

  /**
   * The gateway asks the hub.
   * @returns {TwinProperties | undefined} what is new among the desired properties, undefined for the same version
   */
  fetch() {
    const known = this.#cached?.desired ?? UNKNOWN;
    this.#cached = this.#hub;
    this.#fetchedAt = performance.now();
    const { properties, version } = this.#hub.desired;
    return known.version === version ? undefined : difference(known.properties, properties);
  }

  /** The gateway's store is gone. */
  forget() {
    this.#cached = undefined;
    this.#fetchedAt = -Infinity;
    this.#unsent = undefined;
  }

  /** What the gateway answers with, without a cached twin `{ desired: {}, reported: {} }`. */
  toDocument() {
    return documentOf(this.#cached ?? { desired: UNKNOWN, reported: UNKNOWN });
  }

  /**
   * The device reports. Without a cached twin that makes one, whose desired properties are of version 0.
   * @param {TwinProperties} patch
   * @throws {InvalidPatchError} more than is kept
   */
  report(patch) {
    const { desired, reported } = this.#cached ?? { desired: UNKNOWN, reported: UNKNOWN };
    const properties = merge(reported.properties, patch);
    const unsent = this.#unsent === undefined ? patch : mergePatches(this.#unsent, patch);
    assertKept(properties);
    assertKept(unsent);
    this.#cached = { desired, reported: { ...reported, properties } };
    this.#unsent = unsent;
  }

  /**
   * The hub is told what the device has reported. What it refuses stays, and is told again with what follows.
   * @returns {string | undefined} why it refuses
   */
  upload() {
    if (this.#unsent === undefined) return;
    const { desired, reported } = this.#hub;
    const properties = merge(reported.properties, this.#unsent);
    const refusal = refusalOfHub(properties);
    if (refusal !== undefined) return refusal;
    this.#hub = { desired, reported: { properties, version: reported.version + 1 } };
    this.#unsent = undefined;
  }

  /**
   * @param {TwinProperties} patch
   * @returns {string | undefined} why the hub would not take it
   */
  refusalOf(patch) {
    return refusalOfHub(merge(this.#hub.reported.properties, patch));
  }

  /**
   * The hub's desired properties change.
   * @param {TwinProperties} patch
   * @param {number} [version] default the next
   * @returns {number} version
   * @throws {InvalidPatchError} too large
   * @throws {RangeError} the version is not above the present one
   */
  change(patch, version) {
    const { desired, reported } = this.#hub;
    const next = version ?? desired.version + 1;
    if (!Number.isSafeInteger(next) || next <= desired.version) {
      throw new RangeError(`desired version ${inspect(version)} is not above the present ${desired.version}`);
    }
    const properties = merge(desired.properties, patch);
    const refusal = refusalOfHub(properties);
    if (refusal !== undefined) throw new InvalidPatchError(400, refusal);
    this.#hub = { desired: { properties, version: next }, reported };
    return next;
  }

  /**
   * The gateway hears of the hub's latest change.
   * @param {TwinProperties} patch
   * @returns {TwinProperties} what the device is sent: the patch, if it follows what is cached or nothing is, or else
   *   the difference to that
   */
  hear(patch) {
    const cached = this.#cached;
    const { desired } = this.#hub;
    if (!cached) return patch;
    if ((cached.desired.version ?? 0) + 1 !== desired.version) return this.fetch() ?? {};
    this.#cached = { ...cached, desired };
    return patch;
  }
}

/**
 * @param {TwinProperties} properties
 * @throws {InvalidPatchError}
 */
function assertKept(properties) {
  const size = Buffer.byteLength(JSON.stringify(properties));
  if (size <= MOST_KEPT) return;
  throw new InvalidPatchError(400, `what was reported would have ${size} of at most ${MOST_KEPT} bytes here`);
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
