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
