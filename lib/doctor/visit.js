// @ts-check
'use strict';

const { MqttIdentity } = require('../mqtt/identity');
const { Session } = require('../session/session');
const { layerFailure } = require('./verifier');

/** @typedef {import('../..').ConnectFacts} ConnectFacts */

/** Seconds. */
const KEEP_ALIVE_S = 180;
/** Keeps the process alive and does nothing else; Node's longest interval. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/** Visits that may hold a connection: the native clean-up hooks do not run on `process.exit()`; this does. */
const live = new Set();
process.on('exit', () => live.forEach((/** @type {Visit} */ visit) => visit.stop()));

/**
 * One device at the gateway, through the session of the real client. It connects only when told to.
 *
 * Keeps the process alive only while something is awaited.
 */
class Visit {
  #session;
  #identity;
  #request;
  /** Who waits for the next change. @type {((event: import('../native/binding').NativeEvent) => void) | undefined} */
  #heard;
  #progress;
  /** The connection ended; told to whom waits. @type {import('../native/binding').NativeEvent | undefined} */
  #lost;

  /**
   * @param {object} device
   * @param {{ hub: string, deviceId: string, moduleId?: string, host: string, port: number }} device.identity
   * @param {Partial<import('../native/binding').NativeRequest>} device.request How it authenticates, and by which protocol.
   * @param {import('../tls/trust').Trust} device.trust
   * @param {{ tcpMs: number, tlsMs: number, connackMs: number }} device.limits
   * @param {(stage: string) => void} device.progress Hears of each stage of connecting.
   */
  constructor({ identity: { hub, deviceId, moduleId, host, port }, request, trust, limits, progress }) {
    this.#identity = new MqttIdentity(/** @type {any} */ ({ host: hub, deviceId, moduleId }));
    this.#progress = progress;
    this.#request = {
      host,
      port,
      ...trust,
      clientId: this.#identity.clientId,
      username: this.#identity.username({ productInfo: ' doctor' }),
      ...request,
      keepAlive: KEEP_ALIVE_S,
      connectMs: limits.tcpMs,
      tlsMs: limits.tlsMs,
      connackMs: limits.connackMs,
    };
    this.#session = new Session({ state: (event) => this.#onState(event), message: () => {} });
    live.add(this);
  }

  /**
   * @param {number} slowMs A refusal that takes longer is a slow one.
   * @returns {Promise<ConnectFacts>}
   */
  connect(slowMs) {
    this.#lost = undefined;
    let begin = performance.now();
    let connects = 0;
    // Nothing of a session keeps the process alive.
    const hold = setInterval(() => {}, LONGEST_INTERVAL_MS);
    return new Promise((resolve) => {
      this.#heard = (event) => {
        if (event.kind === 'connecting') {
          begin = performance.now();
          if (event.stage === 'connack') connects += 1;
          this.#progress(event.stage ?? '');
          return;
        }
        clearInterval(hold);
        this.#heard = undefined;
        const answer = answerOf(event, performance.now() - begin, slowMs);
        resolve(connects > 1 ? { ...answer, repeated: true } : answer);
      };
      this.#session.connect(this.#request);
    });
  }

  /**
   * Publishes a message at QoS 1.
   *
   * @param {string} body
   * @param {number} limitMs
   * @returns {Promise<import('../..').SendFacts>}
   */
  send(body, limitMs) {
    if (this.#lost) return Promise.resolve({ outcome: 'lost', ms: 0 });
    const begin = performance.now();
    const topic = `${this.#identity.telemetryTopic}%24.ct=application%2Fjson&%24.ce=utf-8`;
    return new Promise((resolve) => {
      const end = (/** @type {import('../..').SendFacts['outcome']} */ outcome) => {
        clearTimeout(timer);
        this.#heard = undefined;
        resolve({ outcome, ms: Math.round(performance.now() - begin) });
      };
      const timer = setTimeout(() => end('unacknowledged'), limitMs);
      this.#heard = () => end('lost');
      this.#session.publish(topic, body, 1, (error) => end(error ? 'lost' : 'acknowledged'));
    });
  }

  /**
   * Waits whether the connection ends.
   *
   * @param {number} limitMs
   * @returns {Promise<{ afterMs: number, kind: string } | undefined>} How it did.
   */
  stay(limitMs) {
    const begin = performance.now();
    return new Promise((resolve) => {
      const ended = (/** @type {import('../native/binding').NativeEvent} */ event) => {
        clearTimeout(timer);
        this.#heard = undefined;
        resolve({
          afterMs: Math.round(performance.now() - begin),
          kind: event.failure?.kind ?? event.kind,
        });
      };
      const timer = setTimeout(() => {
        this.#heard = undefined;
        resolve(undefined);
      }, limitMs);
      if (this.#lost) ended(this.#lost);
      else this.#heard = ended;
    });
  }

  /**
   * Disconnects in order, as far as that is possible.
   *
   * @param {number} limitMs
   * @returns {Promise<void>}
   */
  leave(limitMs) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.stop();
        resolve();
      };
      const timer = setTimeout(end, limitMs);
      this.#heard = (event) => {
        if (event.kind === 'closed') end();
      };
      this.#session.disconnect(0);
    });
  }

  /** Ends everything at once. */
  stop() {
    live.delete(this);
    this.#session.stop();
  }

  /** @param {import('../native/binding').NativeEvent} event */
  #onState(event) {
    if (event.kind === 'failed' || event.kind === 'lost') this.#lost = event;
    this.#heard?.(event);
  }
}

/**
 * @param {import('../native/binding').NativeEvent} event
 * @param {number} elapsedMs
 * @param {number} slowMs
 * @returns {ConnectFacts}
 */
function answerOf(event, elapsedMs, slowMs) {
  const ms = Math.round(event.failure?.elapsedMs ?? elapsedMs);
  if (event.kind === 'connected') {
    return { outcome: 'accepted', ms, sessionPresent: event.sessionPresent === true };
  }
  const failure = layerFailure(/** @type {any} */ (event.failure));
  const { code } = failure;
  const refused = code !== undefined;
  return { outcome: outcomeOf(failure), ms, ...(refused && { code, slow: ms >= slowMs }), failure };
}

/**
 * @param {import('../..').LayerFailure} failure
 * @returns {ConnectFacts['outcome']}
 */
function outcomeOf({ stage, kind }) {
  if (kind === 'refusal') return 'refused';
  if (stage !== 'connack') return 'failed';
  if (kind === 'timed-out' || kind === 'unanswered') return 'unanswered';
  return kind === 'closed' || kind === 'reset' ? 'closed' : 'failed';
}

module.exports = { Visit };
