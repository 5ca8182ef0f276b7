// @ts-check
'use strict';

const { randomBytes } = require('node:crypto');
const { Refusal } = require('./refusal');
const { checkTerms, isSignedBy, parseSas } = require('./sas');

/**
 * @typedef {import('../index').Device} Device
 * @typedef {import('../index').DeviceOptions} DeviceOptions
 * @typedef {import('./username').Identity} Identity
 */

/** The children of the gateway, with their keys: edgeHub's device scope (contract edge-gateway.md §7). */
class Scope {
  /**
   * @param {object} terms
   * @param {() => string[]} terms.hosts audience hosts in lower case
   * @param {import('../cloud/clock').Clock} terms.clock
   * @param {number} terms.graceMs behind expiry
   */
  constructor(terms) {
    this.terms = terms;
    /** @type {Map<string, Device>} */
    this.devices = new Map();
  }

  /**
   * @param {DeviceOptions} options missing keys are made up
   * @returns {Device}
   */
  add({ deviceId, primaryKey = newKey(), secondaryKey = newKey() }) {
    if (!deviceId || typeof deviceId !== 'string')
      throw new TypeError(`device id '${deviceId}' is not a name`);
    if (this.devices.has(deviceId)) throw new RangeError(`device '${deviceId}' exists already`);
    const device = { deviceId, primaryKey, secondaryKey, enabled: true };
    this.devices.set(deviceId, device);
    return device;
  }

  /**
   * @param {string} deviceId
   * @returns {Device}
   * @throws {RangeError} not a child of this gateway
   */
  get(deviceId) {
    const device = this.devices.get(deviceId);
    if (!device) throw new RangeError(`device '${deviceId}' is not a child of this gateway`);
    return device;
  }

  /**
   * @param {string} deviceId
   */
  remove(deviceId) {
    this.devices.delete(this.get(deviceId).deviceId);
  }

  /**
   * @param {string} deviceId
   * @param {{ primaryKey?: string, secondaryKey?: string }} [keys] both are made up if neither is given
   * @returns {Device}
   */
  rotateKeys(deviceId, { primaryKey, secondaryKey } = {}) {
    const device = this.get(deviceId);
    const all = !primaryKey && !secondaryKey;
    device.primaryKey = primaryKey || (all ? newKey() : device.primaryKey);
    device.secondaryKey = secondaryKey || (all ? newKey() : device.secondaryKey);
    return device;
  }

  /**
   * Whose messages the hub does not take any more (§3.4).
   * @param {string} clientId
   * @returns {string | undefined} why
   */
  refusalToForward(clientId) {
    const device = this.devices.get(clientId);
    if (!device) return `'${clientId}' is not a child of this gateway any more`;
    if (!device.enabled) return `device '${clientId}' is disabled`;
  }

  /**
   * Decides on a token in edgeHub's order (§7): what needs no look-up first, then the device, then its keys.
   * @param {Identity} identity
   * @param {string | undefined} password
   * @throws {Refusal} CONNACK 5
   */
  authenticate(identity, password) {
    if (!password) throw new Refusal(5, `'${identity.clientId}' sent no password`);
    const sas = parseSas(password);
    const { hosts, clock, graceMs } = this.terms;
    checkTerms(sas, identity, { hosts: hosts(), now: clock.now(), graceMs });
    const device = identity.moduleId === undefined ? this.devices.get(identity.deviceId) : undefined;
    if (!device)
      throw new Refusal(5, `'${identity.clientId}' is not a child of this gateway`, { slow: true });
    if (!device.enabled) throw new Refusal(5, `device '${device.deviceId}' is disabled`, { slow: true });
    if (!isSignedBy(sas, [device.primaryKey, device.secondaryKey])) {
      throw new Refusal(5, `SAS token of '${identity.clientId}' is not signed by one of its keys`);
    }
  }
}

/** As long as the keys that IoT Hub makes. */
const newKey = () => randomBytes(32).toString('base64');

module.exports = { Scope };
