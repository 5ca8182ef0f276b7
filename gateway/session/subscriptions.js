// @ts-check
'use strict';

/**
 * What edgeHub turns on for a filter (SessionStateParser.cs). Methods, desired properties, cloud-to-device messages and
 * module inputs need their kind turned on and a filter that matches; for twin responses a filter that matches is enough.
 * @type {Array<[import('../index').SubscriptionKind, (filter: string) => boolean]>}
 */
const KINDS = [
  ['methods', (filter) => filter.startsWith('$iothub/methods/POST/')],
  ['desired', (filter) => filter.startsWith('$iothub/twin/PATCH/properties/desired/')],
  ['c2d', (filter) => filter.endsWith('messages/devicebound/#')],
  ['twinResponses', (filter) => filter === '$iothub/twin/res/#'],
  ['moduleInputs', (filter) => /^devices\/.+\/modules\/.+\/#$/.test(filter)],
];

/**
 * @param {string} filter
 * @returns {import('../index').SubscriptionKind | undefined}
 */
function kindOf(filter) {
  return KINDS.find(([, applies]) => applies(filter))?.[0];
}

/**
 * MQTT 3.1.1 §4.7, ordinal.
 * @param {string} filter
 * @param {string} topic
 */
function matches(filter, topic) {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '#') return true;
    if (i >= levels.length || (wanted[i] !== '+' && wanted[i] !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}

/**
 * The subscriptions of one client: all that a session holds. Every filter that was ever named stays in a list, as on or
 * off, at its first place; the last of a kind in it says whether the kind is on (SessionState.cs).
 */
class Subscriptions {
  /** @type {Map<string, { filter: string, qos: 0 | 1, createdAt: number }>} */
  #byFilter = new Map();
  /** @type {Map<string, boolean>} whether it is on, by filter, in the order of the first mention */
  #mentioned = new Map();
  /** @type {Map<import('../index').SubscriptionKind, boolean>} */
  #kinds = new Map();

  /**
   * A repeated SUBSCRIBE changes the QoS and keeps the time of creation.
   * @param {string} filter
   * @param {0 | 1} qos
   */
  add(filter, qos) {
    const createdAt = this.#byFilter.get(filter)?.createdAt ?? Date.now();
    this.#byFilter.set(filter, { filter, qos, createdAt });
    this.#mention(filter, true);
  }

  /**
   * @param {string} filter subscribed or not
   */
  remove(filter) {
    this.#byFilter.delete(filter);
    this.#mention(filter, false);
  }

  /**
   * @param {string} filter
   * @param {boolean} on
   */
  #mention(filter, on) {
    this.#mentioned.set(filter, on);
    this.#kinds.clear();
    for (const [each, isOn] of this.#mentioned) {
      const kind = kindOf(each);
      if (kind) this.#kinds.set(kind, isOn);
    }
  }

  /**
   * @param {import('../index').SubscriptionKind} kind
   * @returns {boolean | undefined} undefined: no filter of that kind was ever named
   */
  state(kind) {
    return this.#kinds.get(kind);
  }

  /**
   * @param {import('../index').SubscriptionKind} kind
   */
  has(kind) {
    return this.#kinds.get(kind) === true;
  }

  /**
   * The subscription under which a message may be delivered: of those that match and are older than the message, that
   * with the highest QoS (MqttAdapter.cs).
   * @param {string} topic
   * @param {number} messageTime milliseconds since 1970
   */
  match(topic, messageTime) {
    const candidates = [...this.#byFilter.values()].filter(
      ({ filter, createdAt }) => createdAt < messageTime && matches(filter, topic),
    );
    return candidates.find(({ qos }) => qos === 1) ?? candidates[0];
  }

  filters() {
    return [...this.#byFilter.keys()];
  }
}

module.exports = { Subscriptions, kindOf };
