// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { inspect } = require('node:util');
const { ENDS } = require('../connection/endings');
const { readCertificates } = require('../identity/trust_bundle');
const { Workload } = require('../workload/workload');
const { LONGEST_DELAY, isDelay } = require('./limits');
const { Turns } = require('./turns');

/**
 * @typedef {import('../index').Chain} Chain
 *
 * What a start listens on.
 * @typedef {{ port: number, webSocketPort: number | 'same' }} Ports
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
    const { workloadSocket: socket, workloadPort: port } = this.#settings;
    try {
      await this.#listen(this.#settings);
      await this.workload.start({ socket, port });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * @param {Ports} ports
   */
  async #listen(ports) {
    const { actualRootPem } = this.chain;
    this.trustBundle = this.#settings.trustBundle ?? readCertificates('chain.actualRootPem', actualRootPem);
    Object.assign(this, await this.#rooms.listener.listen(ports, this.chain));
  }

  /**
   * @param {{ downtimeMs?: number, keepSessions?: boolean, chain?: Chain }} options
   */
  async restart({ downtimeMs = 0, keepSessions = true, chain }) {
    if (!isDelay(downtimeMs)) {
      throw new TypeError(
        `restart: downtimeMs cannot be ${inspect(downtimeMs)}; it is 0 to ${LONGEST_DELAY}`,
      );
    }
    await this.#turns.take(async () => {
      this.#turns.requireOpen();
      await this.halt('gateway restarts');
      if (!keepSessions) this.#forget();
      const { signal } = this.#turns;
      await sleep(downtimeMs, undefined, { signal }).catch(() => this.#turns.requireOpen());
      this.chain = chain ?? this.chain;
      await this.#listen(this);
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
