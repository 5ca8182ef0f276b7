// @ts-check
'use strict';

const { DESIRED } = require('../connection/transport');
const { ChangeStream } = require('../twin/change_stream');
const { DeviceTwin } = require('../twin/device_twin');
const { isObject } = require('../twin/merge_patch');
const { isObjectInJson } = require('../twin/patch');
const { TwinCopy } = require('../twin/twin_copy');
const { badArgument } = require('../plumbing/option');
const { toJson } = require('./json_body');
const { readLimits } = require('./limits');

/** @typedef {import('../twin/merge_patch').Properties} Properties */
/** @typedef {{ timeoutMs?: number, signal?: AbortSignal }} Limits */

const PATCH = 'an object of what is to be reported';

/** The limit of a request without one of its own (device-sdk.md §2.4). Milliseconds. */
const REQUEST_TIMEOUT_MS = 240_000;

/** The twin of a device, and how it is kept in step. */
class FollowedTwin {
  #connection;
  #changes = new ChangeStream();
  #copy;
  #twin;
  /** It was fetched. */
  #ready = false;
  #closed = false;

  /**
   * @param {any} transport
   * @param {import('../connection/kept').KeptConnection} connection
   */
  constructor(transport, connection) {
    this.#connection = connection;
    this.#copy = new TwinCopy({
      follows: true,
      fetch: (callback, limits) => {
        if (limits) this.#connection.request('getTwin', [], callback, limits);
        else transport.getTwin(callback);
      },
      changed: (patch) => this.#changes.push(patch, this.#copy.desired),
    });
    this.#twin = new DeviceTwin(this.#copy, this.#changes, (patch, options) => this.#report(patch, options));
    transport.on('twinDesiredPropertiesUpdate', (/** @type {Properties} */ patch) =>
      this.#copy.arrive(patch),
    );
    transport.on('connected', () => this.#copy.connected());
    connection.want(DESIRED, true);
  }

  /**
   * @param {Limits} [limits] Of the first fetch.
   * @returns {Promise<DeviceTwin>} Fetched.
   */
  ready(limits) {
    if (this.#ready && !this.#closed) return Promise.resolve(this.#twin);
    return new Promise((resolve, reject) => {
      const fetched = (/** @type {any} */ error) => {
        this.#ready ||= !error;
        if (error) reject(error);
        else resolve(this.#twin);
      };
      this.#copy.fetch(fetched, withTimeout(limits));
    });
  }

  /** The connection is gone: nobody is to be asked any more. */
  rest() {
    this.#copy.rest();
  }

  close() {
    this.#closed = true;
    this.#changes.close();
  }

  /** @param {Error} error No change comes any more. */
  fail(error) {
    this.#changes.fail(error);
  }

  /**
   * @param {Properties} patch
   * @param {{ timeout?: number, signal?: AbortSignal }} options
   * @returns {Promise<{ version: number | undefined }>}
   */
  async #report(patch, options) {
    const limits = withTimeout(readLimits(options));
    if (!isObject(patch)) throw badArgument('patch', patch, PATCH);
    const json = toJson(patch, 'reported');
    if (!isObjectInJson(json)) throw badArgument('patch', json, PATCH);
    return new Promise((resolve, reject) => {
      const answered = (/** @type {any} */ error, /** @type {{ version?: number }} */ answer) => {
        if (error) {
          reject(error);
          return;
        }
        this.#copy.taken(JSON.parse(json), answer.version);
        resolve({ version: answer.version });
      };
      this.#connection.request('updateTwinReportedProperties', [json], answered, limits);
    });
  }
}

/** @param {Limits} [limits] @returns {Limits} */
function withTimeout({ timeoutMs = REQUEST_TIMEOUT_MS, signal } = {}) {
  return { timeoutMs, signal };
}

module.exports = { FollowedTwin };
