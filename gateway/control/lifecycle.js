// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { ENDS } = require('../connection/endings');
const { readCertificates } = require('../identity/trust_bundle');
const { Workload } = require('../workload/workload');
const { LONGEST_DELAY, isDelay } = require('./limits');
const { Turns } = require('./turns');
const { isFlag, requireKnown, requireRecord, requireValue } = require('./values');

/**
 * @typedef {import('../index').Chain} Chain
 *
 * What a start listens on.
 * @typedef {{ port: number, webSocketPort: number | 'same' }} Ports
 *
 * A chain that can be presented, and what was read of it.
 * @typedef {object} Prepared
 * @property {Chain} chain
 * @property {import('node:crypto').X509Certificate[]} trustBundle CAs of client certificates
 * @property {import('node:tls').SecureContext} secureContext
 */

/** The start of a gateway, its restarts and its end, and what they change: ports and certificates. */
class Lifecycle {
  port = 0;
  webSocketPort = 0;
  /** CAs of client certificates. @type {import('node:crypto').X509Certificate[]} */
  trustBundle = [];
  #rooms;
  #settings;
  #turns = new Turns();
  #sweep;

  /**
   * @param {import('./options').Settings} settings
   * @param {Chain} chain
   * @param {import('./assembly').Rooms} rooms
   * @param {object} events
   * @param {(event: 'workload', detail: import('../index').WorkloadRequest) => void} events.emit
   * @param {() => void} events.onSweep
   */
  constructor(settings, chain, rooms, { emit, onSweep }) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.chain = chain;
    this.workload = new Workload({ scope: rooms.scope, chain: () => this.chain }, (request) =>
      emit('workload', request),
    );
    this.#sweep = setInterval(onSweep, settings.limits.reauthenticateIntervalMs).unref();
  }

  /** Where it fails, nothing is left. */
  async begin() {
    const { hub, workloadSocket: socket, workloadPort: port } = this.#settings;
    try {
      const prepared = this.#prepared(hub ? 'startHub' : 'startGateway', this.chain);
      await this.#listen(this.#settings, prepared);
      await this.workload.start({ socket, port });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * What is read of a chain before anything stops.
   * @param {string} where by what function, for the words of errors
   * @param {Chain} chain
   * @returns {Prepared}
   * @throws {TypeError} it cannot be presented
   */
  #prepared(where, chain) {
    requireRecord(where, { chain }, 'what createChain gives');
    const { trustBundle = readCertificates(where, 'chain.actualRootPem', chain.actualRootPem) } =
      this.#settings;
    try {
      return { chain, trustBundle, secureContext: this.#rooms.listener.secureContextFor(chain) };
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      throw new TypeError(`${where}: chain cannot be presented: ${message}`, { cause: error });
    }
  }

  /**
   * @param {Ports} ports
   * @param {Prepared} prepared
   */
  async #listen(ports, { chain, trustBundle, secureContext }) {
    this.chain = chain;
    this.trustBundle = trustBundle;
    Object.assign(this, await this.#rooms.listener.listen(ports, secureContext));
  }

  /**
   * @param {{ downtimeMs?: number, keepSessions?: boolean, chain?: Chain }} options
   */
  async restart({ downtimeMs = 0, keepSessions = true, chain, ...unknown }) {
    requireKnown('restart', unknown);
    requireValue('restart', { downtimeMs }, `0 to ${LONGEST_DELAY}`, isDelay);
    requireValue('restart', { keepSessions }, 'true or false', isFlag);
    if (chain !== undefined) this.#prepared('restart', chain);
    await this.#turns.take(async () => {
      this.#turns.requireOpen();
      await this.halt('gateway restarts');
      if (!keepSessions) this.#forget();
      const { signal } = this.#turns;
      await sleep(downtimeMs, undefined, { signal }).catch(() => this.#turns.requireOpen());
      await this.#listen(this, this.#prepared('restart', chain ?? this.chain));
    });
  }

  /** What a gateway without persistent storage loses by a restart. */
  #forget() {
    const { inputs, sessions, twins, upstream } = this.#rooms;
    sessions.clear();
    upstream.clear();
    inputs.clear();
    twins.forget();
  }

  /**
   * As when the process dies.
   * @param {string} reason
   */
  async halt(reason) {
    const { listener, registry } = this.#rooms;
    registry.all.forEach((connection) => connection.end(reason, ENDS.KILLED, { abrupt: true }));
    registry.known.clear();
    await listener.close();
  }

  async close() {
    const { calls, inbox, inputs, queues } = this.#rooms;
    clearInterval(this.#sweep);
    calls.stop();
    await this.#turns.takeLast(async () => {
      await this.halt('gateway closes');
      queues.stop();
      inputs.stop();
      await this.workload.stop();
      inbox.stop();
    });
  }
}

module.exports = { Lifecycle };
