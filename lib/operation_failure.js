// @ts-check
'use strict';

const {
  InvalidOperationError,
  NotConnectedError,
  OperationCancelledError,
  TimeoutError,
} = require('./errors');
const { failure } = require('./failure');

/**
 * The same error for an operation whose fate differs.
 *
 * @param {any} error
 * @param {'not sent' | 'unknown' | undefined} delivery
 */
function withDelivery(error, delivery) {
  const { code = 'ERR_IOT_OPERATION_FAILED', name: _, message, ...facts } = error;
  return failure(error.constructor, code, error.message, { ...facts, delivery, cause: error.cause });
}

/** @param {number} ms */
function timedOut(ms) {
  return failure(TimeoutError, 'ERR_IOT_OPERATION_TIMEOUT', `No acknowledgement within ${ms} ms`, {
    hint: 'The gateway was not reachable, or did not answer, for that long. Send again, or allow more time.',
  });
}

/** @param {AbortSignal} signal */
function abortedBy(signal) {
  return failure(OperationCancelledError, 'ERR_IOT_ABORTED', 'The operation was aborted by its signal', {
    cause: signal.reason,
  });
}

function closedBeforeDone() {
  const message = 'The client was closed before the operation was done';
  return failure(NotConnectedError, 'ERR_IOT_CLIENT_CLOSED', message, {
    hint: 'Await the sends before close(), which gives them only a short grace time.',
  });
}

function queueFull() {
  return failure(InvalidOperationError, 'ERR_IOT_QUEUE_FULL', 'The send queue is full', {
    hint: 'Wait for earlier sends to be acknowledged, or use whenFull: "wait".',
    delivery: 'not sent',
  });
}

module.exports = { withDelivery, timedOut, abortedBy, closedBeforeDone, queueFull };
