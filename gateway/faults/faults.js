// @ts-check
'use strict';

const { isMethodFault, isTwinFault } = require('./twin_faults');

/**
 * Faults that a gateway commits on purpose (contract edge-gateway.md §11.3). Each entry is the fault itself or a
 * function that decides for the case at hand and returns undefined to behave.
 *
 * @typedef {import('../index').Faults} FaultScript
 * @typedef {import('../index').ConnectionInfo} ConnectionInfo
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('../index').PublishFault} PublishFault
 */

const PUBLISH_FAULTS = [
  'cut-before-store',
  'reset-before-store',
  'cut-before-puback',
  'reset-before-puback',
  'cut-after-puback',
  'reset-after-puback',
  'drop-puback',
];

/** What each entry may be, beside a function. */
const KINDS = {
  accept: oneOf(['refuse', 'silent']),
  connack: anyOf(oneOf(['silent', 'cut', 'reset']), connackFault),
  publish: anyOf(oneOf(PUBLISH_FAULTS), delay),
  suback: anyOf(oneOf(['silent']), octet),
  pingresp: oneOf(['silent']),
  twin: anyOf(oneOf(['silent']), isTwinFault),
  method: anyOf(oneOf(['silent', 'duplicate']), isMethodFault),
};

/** Longest delay of a timer; Node turns longer ones into 1 ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The fault script in force. */
class Faults {
  /** @type {FaultScript} */
  #script = {};

  /**
   * @param {FaultScript} [script]
   * @throws {TypeError} names the entry and its value
   */
  constructor(script = {}) {
    this.script = script;
  }

  get script() {
    return this.#script;
  }

  set script(script) {
    for (const [name, value] of Object.entries(script)) {
      if (!(name in KINDS)) {
        throw new TypeError(`faults: '${name}' is unknown; there are ${Object.keys(KINDS).join(', ')}`);
      }
      if (typeof value !== 'function') check(/** @type {keyof typeof KINDS} */ (name), value);
    }
    this.#script = script;
  }

  /**
   * @param {number} connectionNumber
   */
  accept(connectionNumber) {
    return this.decide('accept', [connectionNumber]);
  }

  /**
   * @param {ConnectionInfo} connection
   * @returns {Exclude<FaultScript['connack'], Function>}
   */
  connack(connection) {
    return this.decide('connack', [connection]);
  }

  /**
   * @param {number} n of this connection, from 1
   * @param {PublishPacket} packet
   * @param {ConnectionInfo} connection
   * @returns {PublishFault | undefined}
   */
  publish(n, packet, connection) {
    return this.#script.publish === undefined ? undefined : this.decide('publish', [n, packet, connection]);
  }

  /**
   * @param {string} filter
   * @param {ConnectionInfo} connection
   * @returns {number | 'silent' | undefined}
   */
  suback(filter, connection) {
    return this.decide('suback', [filter, connection]);
  }

  /**
   * @param {ConnectionInfo} connection
   * @returns {'silent' | undefined}
   */
  pingresp(connection) {
    return this.decide('pingresp', [connection]);
  }

  /**
   * @param {import('../index').TwinRequest} request
   * @param {ConnectionInfo} connection
   * @returns {import('../index').TwinFault | undefined}
   */
  twin(request, connection) {
    return this.decide('twin', [request, connection]);
  }

  /**
   * @param {import('../index').MethodRequest} call
   * @param {ConnectionInfo} connection
   * @returns {import('../index').MethodFault | undefined}
   */
  method(call, connection) {
    return this.decide('method', [call, connection]);
  }

  /**
   * @param {keyof typeof KINDS} name
   * @param {unknown[]} circumstances
   * @returns {any}
   */
  decide(name, circumstances) {
    const fault = this.#script[name];
    if (typeof fault !== 'function') return fault;
    const decision = /** @type {Function} */ (fault)(...circumstances);
    check(name, decision);
    return decision;
  }
}

/**
 * @param {keyof typeof KINDS} name
 * @param {unknown} value
 */
function check(name, value) {
  if (value === undefined || KINDS[name](value)) return;
  throw new TypeError(`faults: ${name} cannot be ${JSON.stringify(value)}`);
}

/**
 * @param {string[]} names
 * @returns {(value: unknown) => boolean}
 */
function oneOf(names) {
  return (value) => typeof value === 'string' && names.includes(value);
}

/**
 * @param {...(value: any) => boolean} kinds
 * @returns {(value: unknown) => boolean}
 */
function anyOf(...kinds) {
  return (value) => kinds.some((kind) => kind(value));
}

/** @param {any} value */
function octet(value) {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

/** @param {any} value */
function delay(value) {
  return typeof value === 'object' && value !== null && isTimerDelay(value.delayMs);
}

/** @param {any} milliseconds */
function isTimerDelay(milliseconds) {
  return milliseconds >= 0 && milliseconds <= LONGEST_DELAY;
}

/** @param {any} value */
function connackFault(value) {
  if (typeof value !== 'object' || value === null) return false;
  return (
    (value.code === undefined || octet(value.code)) &&
    (value.delayMs === undefined || isTimerDelay(value.delayMs))
  );
}

module.exports = { Faults };
