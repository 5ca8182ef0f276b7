// @ts-check
'use strict';

/**
 * What edgeHub turns on for a filter (contract edge-gateway.md §2.8); a filter of no kind is granted and never
 * delivers anything.
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

/** The subscriptions of one client: all that a session holds (§2.6). */
class Subscriptions {
  constructor() {
    /** @type {Map<string, { filter: string, qos: 0 | 1, createdAt: number }>} */
    this.byFilter = new Map();
  }

  /**
   * A repeated SUBSCRIBE changes the QoS and keeps the time of creation.
   * @param {string} filter
   * @param {0 | 1} qos
   */
  add(filter, qos) {
    const createdAt = this.byFilter.get(filter)?.createdAt ?? Date.now();
    this.byFilter.set(filter, { filter, qos, createdAt });
  }

  /**
   * @param {string} filter
   */
  remove(filter) {
    this.byFilter.delete(filter);
  }

  /**
   * @param {import('../index').SubscriptionKind} kind
   */
  has(kind) {
    return this.filters().some((filter) => kindOf(filter) === kind);
  }

  /**
   * The subscription under which a message may be delivered: one that matches and is older than the message
   * (§2.7b).
   * @param {string} topic
   * @param {number} messageTime milliseconds since 1970
   */
  match(topic, messageTime) {
    const candidates = [...this.byFilter.values()].filter(({ filter }) => matches(filter, topic));
    return candidates.find(({ createdAt }) => createdAt < messageTime);
  }

  filters() {
    return [...this.byFilter.keys()];
  }
}

module.exports = { Subscriptions, kindOf };
