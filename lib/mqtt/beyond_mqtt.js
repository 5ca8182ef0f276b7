// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

const ONE_BY_ONE = 'for each message: they are sent together anyway.';
const ONLY_COMPLETED = 'A message that was received over MQTT can only be completed.';

/** What transports of other protocols can do and MQTT cannot (device-sdk.md §2.1, §3.10): it says so. */
class BeyondMqtt extends EventEmitter {
  /** @throws {NotImplementedError} Always: MQTT has no batches. */
  sendEventBatch() {
    throw notImplemented('sendEventBatch', `Call sendEvent ${ONE_BY_ONE}`);
  }

  /** @throws {NotImplementedError} Always: MQTT has no batches. */
  sendOutputEventBatch() {
    throw notImplemented('sendOutputEventBatch', `Call sendOutputEvent ${ONE_BY_ONE}`);
  }

  /** @throws {NotImplementedError} Always: over MQTT a message can only be completed. */
  reject() {
    throw notImplemented('reject', ONLY_COMPLETED);
  }

  /** @throws {NotImplementedError} Always: over MQTT a message can only be completed. */
  abandon() {
    throw notImplemented('abandon', ONLY_COMPLETED);
  }
}

/**
 * @param {string} method
 * @param {string} hint
 */
function notImplemented(method, hint) {
  return failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', `MQTT does not implement ${method}`, {
    hint,
  });
}

module.exports = { BeyondMqtt };
