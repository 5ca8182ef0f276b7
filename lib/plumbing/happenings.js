// @ts-check
'use strict';

const { channel } = require('node:diagnostics_channel');
const { isWanted, writeLine } = require('./debug_lines');

/**
 * What happens to a connection, for those who watch: programs by `diagnostics_channel`, people by DEBUG and NODE_DEBUG
 * (docs/debugging.md). While nobody does, telling it costs a look at two flags, and no text is made.
 *
 * @typedef {object} Peer
 * @property {string} device Its id, and the module's behind a slash.
 * @property {string} gateway `gateway.local:8883`
 */

/**
 * @typedef {object} Facts
 * @property {Error} [reason]
 * @property {number} [delay] Milliseconds.
 * @property {string} [stage]
 * @property {string} [filter] Of a subscription.
 * @property {number} [code] Of SUBACK.
 * @property {string} [operation]
 */

class Happening {
  #channel;
  #words;
  #isWanted;

  /**
   * @param {string} name Of the channel, behind `edge-downstream:`.
   * @param {string} namespace That of the original under which its users look for such a thing (device-sdk.md §2.8).
   * @param {(facts: Facts) => string} words
   */
  constructor(name, namespace, words) {
    this.#channel = channel(`edge-downstream:${name}`);
    this.namespace = namespace;
    this.#words = words;
    this.#isWanted = isWanted(namespace);
  }

  /**
   * @param {Peer | undefined} peer Where it is known.
   * @param {Facts} [facts]
   */
  tell(peer, facts) {
    if (this.#channel.hasSubscribers) this.#channel.publish({ ...peer, ...facts });
    if (!this.#isWanted) return;
    const who = peer ? `${peer.device} at ${peer.gateway}: ` : '';
    writeLine(this.namespace, who + this.#words(facts ?? {}));
  }
}

/** @param {Error | undefined} error */
function because(error) {
  if (error === undefined) return '';
  const { name, message, code } = /** @type {{ name: string, message: string, code?: string }} */ (error);
  return `, because of ${name}${code === undefined ? '' : ` ${code}`}: ${message}`;
}

const CLIENT = 'azure-iot-device:InternalClient';
const BASE = 'azure-iot-mqtt-base:MqttBase';
const MQTT = 'azure-iot-device-mqtt:Mqtt';
const RETRY = 'azure-iot-common:RetryOperation';

const happenings = {
  /** An attempt begins. */
  connecting: new Happening('connecting', CLIENT, () => 'connecting'),
  /** It has come so far. */
  stage: new Happening('stage', BASE, ({ stage }) => `connecting, ${stage}`),
  /** It failed. */
  failed: new Happening('failed', `${BASE}:Errors`, ({ reason }) => `not connected${because(reason)}`),
  connected: new Happening('connected', CLIENT, () => 'connected'),
  /** The connection was made anew with another token. */
  renewed: new Happening('renewed', BASE, () => 'connected anew, with a new token'),
  lost: new Happening('lost', `${BASE}:Errors`, ({ reason }) => `connection lost${because(reason)}`),
  /** The pause before the next attempt. */
  waiting: new Happening(
    'waiting',
    RETRY,
    ({ delay, reason }) => `the next attempt is in ${delay} ms${because(reason)}`,
  ),
  /** There is no connection and no attempt at one; the reason is missing where the app closed. */
  closed: new Happening('closed', CLIENT, ({ reason }) => `closed${because(reason)}`),
  /** An operation on a transport that does not keep it is tried again. */
  retrying: new Happening(
    'retrying',
    RETRY,
    ({ operation, delay, reason }) => `${operation} is tried again in ${delay} ms${because(reason)}`,
  ),
  subscribed: new Happening('subscribed', MQTT, ({ filter }) => `subscribed to ${filter}`),
  refused: new Happening(
    'refused',
    `${MQTT}:Errors`,
    ({ filter, code, reason }) =>
      `not subscribed to ${filter}${code === undefined ? because(reason) : `: SUBACK code ${code}`}`,
  ),
  unsubscribed: new Happening('unsubscribed', MQTT, ({ filter }) => `unsubscribed from ${filter}`),
};

/**
 * @param {Peer | undefined} peer
 * @param {import('../..').StateChange} change Of its connection.
 */
function tellState(peer, { state, stage, delay, reason }) {
  if (stage !== undefined) happenings.stage.tell(peer, { stage });
  else if (state === 'waiting') happenings.waiting.tell(peer, { delay, reason });
  else if (state === 'closed') happenings.closed.tell(peer, reason && { reason });
  else happenings[state].tell(peer);
}

module.exports = { ...happenings, names: Object.keys(happenings), tellState };
