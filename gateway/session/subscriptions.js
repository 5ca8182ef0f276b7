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
 * What edgeHub turns on for a filter (SessionStateParser.cs). Methods, desired properties, cloud-to-device messages and
 * module inputs need their kind turned on and a filter that matches; for twin responses a filter that matches is enough.
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

/**
 * The subscriptions of one client: all that a session holds. Every filter that was ever named stays in a list, as on or
 * off, at its first place; the last of a kind in it says whether the kind is on (SessionState.cs).
 */
class Subscriptions {
  /** @type {Map<string, { filter: string, qos: 0 | 1, createdAt: number }>} */
  #byFilter = new Map();
  /** @type {Map<string, boolean>} whether it is on, by filter, in the order of the first mention */
  #mentioned = new Map();
  /** @type {Map<import('../index').SubscriptionKind, boolean> | undefined} as the list has them, once they are asked for */
  #kinds;

  /**
   * What was unsubscribed counts, too, as it is remembered.
   * @param {string[]} filters of one packet
   * @throws {ProtocolError} more than one client may have
   */
  requireRoom(filters) {
    const all = new Set([...this.#mentioned.keys(), ...filters]);
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
    this.#kinds = undefined;
  }

  /**
   * @param {import('../index').SubscriptionKind} kind
   * @returns {boolean | undefined} undefined: no filter of that kind was ever named
   */
  state(kind) {
    this.#kinds ??= this.#replay();
    return this.#kinds.get(kind);
  }

  #replay() {
    /** @type {Map<import('../index').SubscriptionKind, boolean>} */
    const kinds = new Map();
    for (const [filter, on] of this.#mentioned) {
      const kind = kindOf(filter);
      if (kind) kinds.set(kind, on);
    }
    return kinds;
  }

  /**
   * @param {import('../index').SubscriptionKind} kind
   */
  has(kind) {
    return this.state(kind) === true;
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
