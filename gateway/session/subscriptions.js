// @ts-check
'use strict';

const { ProtocolError } = require('../mqtt/framing');

/**
 * What a client may ask for in one session, altogether. edgeHub has no such limits; here each filter is looked at for
 * every message to the client, and somebody else pays for the time.
 */
const MAX_FILTERS = 1000;
/** In characters. */
const MAX_SIZE = 131072;

const MODULE_INPUTS = { begin: 'devices/', middle: '/modules/', end: '/#' };

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
  ['moduleInputs', isOfModuleInputs],
];

/**
 * The expression `^devices/.+/modules/.+/#$`, in a time that does not grow with the square of the length.
 * @param {string} filter
 */
function isOfModuleInputs(filter) {
  const { begin, middle, end } = MODULE_INPUTS;
  if (!filter.startsWith(begin) || !filter.endsWith(end)) return false;
  const at = filter.indexOf(middle, begin.length + 1);
  return at !== -1 && at + middle.length + 1 <= filter.length - end.length;
}

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
   * @param {string[]} filters of one packet
   * @throws {ProtocolError} more than one client may have
   */
  requireRoom(filters) {
    const all = new Set([...this.byFilter.keys(), ...filters]);
    if (all.size > MAX_FILTERS) throw new ProtocolError(`more than ${MAX_FILTERS} topic filters`);
    let size = 0;
    all.forEach((filter) => (size += filter.length));
    if (size > MAX_SIZE) throw new ProtocolError(`topic filters of more than ${MAX_SIZE} characters`);
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
