// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { absent } = require('../vocabulary/absent');

/**
 * What a transport of azure-iot-device can do and ours cannot yet (device-sdk.md §1.1): a client of the original that
 * drives it is told so, as by the original's transport over HTTP.
 */
class TransportWithoutFeatures extends EventEmitter {
  /** @throws {NotImplementedError} Always. */
  getTwin() {
    throw absent('twins', 'getTwin');
  }

  /** @throws {NotImplementedError} Always. */
  updateTwinReportedProperties() {
    throw absent('twins', 'updateTwinReportedProperties');
  }

  /** @throws {NotImplementedError} Always. */
  enableTwinDesiredPropertiesUpdates() {
    throw absent('twins', 'enableTwinDesiredPropertiesUpdates');
  }

  /** @throws {NotImplementedError} Always. */
  disableTwinDesiredPropertiesUpdates() {
    throw absent('twins', 'disableTwinDesiredPropertiesUpdates');
  }

  /** @throws {NotImplementedError} Always. */
  onDeviceMethod() {
    throw absent('methods', 'onDeviceMethod');
  }

  /** @throws {NotImplementedError} Always. */
  enableMethods() {
    throw absent('methods', 'enableMethods');
  }

  /** @throws {NotImplementedError} Always. */
  disableMethods() {
    throw absent('methods', 'disableMethods');
  }

  /** @throws {NotImplementedError} Always. */
  sendMethodResponse() {
    throw absent('methods', 'sendMethodResponse');
  }

  /** @throws {NotImplementedError} Always. */
  enableInputMessages() {
    throw absent('modules', 'enableInputMessages');
  }

  /** @throws {NotImplementedError} Always. */
  disableInputMessages() {
    throw absent('modules', 'disableInputMessages');
  }

  /** @throws {NotImplementedError} Always. */
  sendOutputEvent() {
    throw absent('modules', 'sendOutputEvent');
  }

  /** @throws {NotImplementedError} Always. */
  sendOutputEventBatch() {
    throw absent('modules', 'sendOutputEventBatch');
  }
}

module.exports = { TransportWithoutFeatures };
