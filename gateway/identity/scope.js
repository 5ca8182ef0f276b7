// @ts-check
'use strict';

const { describe, deviceOf, moduleOf, rotate } = require('./child');

/**
 * @typedef {import('./child').Child} Child
 * @typedef {import('../index').DeviceOptions} DeviceOptions
 * @typedef {import('../index').ModuleOptions} ModuleOptions
 */

/**
 * The children of the gateway, devices and modules, by client id: edgeHub's device scope. A change holds at once, whether
 * the cloud is in reach or not.
 */
class Scope {
  /** @type {Map<string, Child>} */
  #children = new Map();
  #edgeDeviceId;

  /**
   * @param {string} [edgeDeviceId] the device that the gateway runs on
   */
  constructor(edgeDeviceId) {
    this.#edgeDeviceId = edgeDeviceId;
  }

  /** The device that the gateway runs on, whose modules are its neighbours: by default the first with a module. */
  get edgeDeviceId() {
    if (this.#edgeDeviceId !== undefined) return this.#edgeDeviceId;
    return [...this.#children.values()].find(({ moduleId }) => moduleId !== undefined)?.deviceId;
  }

  /**
   * @param {DeviceOptions} options
   * @returns {Child} the device
   * @throws {TypeError} an option has a value it cannot have
   * @throws {RangeError} it exists already
   */
  add(options) {
    const device = deviceOf(options);
    const modules = (options.modules ?? []).map((each) => moduleOf(device.deviceId, each));
    this.#put([device, ...modules]);
    return device;
  }

  /**
   * @param {string} deviceId
   * @param {ModuleOptions} options
   * @returns {Child} the module
   * @throws {RangeError} unknown device, or the module exists already
   */
  addModule(deviceId, options) {
    if (this.get(deviceId).moduleId !== undefined) {
      throw new TypeError(`'${deviceId}' is a module: it has no modules`);
    }
    const module = moduleOf(deviceId, options);
    this.#put([module]);
    return module;
  }

  /**
   * @param {string} clientId `d`, or `d/m`
   * @returns {Child}
   * @throws {RangeError} not a child of this gateway
   */
  get(clientId) {
    const child = this.#children.get(clientId);
    if (!child) throw new RangeError(`${describe(clientId)} is not a child of this gateway`);
    return child;
  }

  /**
   * @param {string} clientId
   * @returns {Child | undefined}
   */
  find(clientId) {
    return this.#children.get(clientId);
  }

  /** In the order in which they came. */
  all() {
    return [...this.#children.values()];
  }

  /**
   * @param {string} generationId
   * @returns {Child | undefined}
   */
  ofGeneration(generationId) {
    return [...this.#children.values()].find((child) => child.generationId === generationId);
  }

  /**
   * @param {string} clientId a device goes with its modules
   */
  remove(clientId) {
    const { deviceId, moduleId } = this.get(clientId);
    for (const child of [...this.#children.values()]) {
      const concerned =
        child.deviceId === deviceId && (moduleId === undefined || child.moduleId === moduleId);
      if (concerned) this.#children.delete(child.clientId);
    }
  }

  /**
   * @param {string} clientId
   * @param {import('./child').Secrets} [secrets]
   * @returns {Child}
   */
  rotateKeys(clientId, secrets = {}) {
    const child = this.get(clientId);
    rotate(child, secrets);
    return child;
  }

  /**
   * A module is disabled with its device.
   * @param {Child} child
   * @returns {string | undefined} which of the two is disabled
   */
  disabled({ clientId, deviceId }) {
    const id = [deviceId, clientId].find((each) => !this.get(each).enabled);
    return id === undefined ? undefined : `${describe(id)} is disabled`;
  }

  /**
   * Whose messages the hub does not take any more.
   * @param {string} clientId
   * @returns {string | undefined} why
   */
  refusalToForward(clientId) {
    const child = this.#children.get(clientId);
    return child ? this.disabled(child) : `'${clientId}' is not a child of this gateway any more`;
  }

  /**
   * All of them or none.
   * @param {Child[]} children
   */
  #put(children) {
    const ids = new Set(this.#children.keys());
    for (const { clientId } of children) {
      if (ids.has(clientId)) throw new RangeError(`${describe(clientId)} exists already`);
      ids.add(clientId);
    }
    for (const child of children) this.#children.set(child.clientId, child);
  }
}

module.exports = { Scope };
