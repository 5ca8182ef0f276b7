// @ts-check
'use strict';

const errors = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

const { InvalidOperationError, NotConnectedError, OperationCancelledError, TimeoutError } = errors;

/** @type {Set<Function>} */
const OWN = new Set(Object.values(errors));

/**
 * The same error for an operation whose fate differs. Its constructor is not called: it may be an app's, and want other
 * arguments.
 *
 * @param {any} error
 * @param {'not sent' | 'unknown' | undefined} delivery
 */
function withDelivery(error, delivery) {
  if (OWN.has(error?.constructor)) {
    const { code, name: _, message, ...facts } = error;
    const { cause, transportError } = error;
    return failure(error.constructor, code, message, { ...facts, delivery, cause, transportError });
  }
  if (typeof error !== 'object' || error === null) return error;
  const copy = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
  return Object.assign(copy, { delivery });
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

/** @param {number} ms */
function noCredentials(ms) {
  const message = `The authentication provider gave no credentials within ${ms} ms`;
  return failure(TimeoutError, 'ERR_IOT_TIMEOUT_CREDENTIALS', message, {
    hint: 'getDeviceCredentials, or _sign, must call back.',
  });
}

function closedBeforeConnected() {
  const message = 'The client was closed before it was connected';
  return failure(NotConnectedError, 'ERR_IOT_CLIENT_CLOSED', message, {
    hint: 'Await the sends before close().',
    delivery: 'not sent',
  });
}

function closedBeforeDone() {
  const message = 'The client was closed before the operation was done';
  return failure(NotConnectedError, 'ERR_IOT_CLIENT_CLOSED', message, {
    hint: 'Await the sends before close(), which gives them only a short grace time.',
  });
}

function brokenBeforeDone() {
  const message = 'The session broke before the operation was done';
  return failure(NotConnectedError, 'ERR_IOT_INTERNAL', message, {
    hint: 'This is a fault of edge-downstream: please report it. A message may have been sent all the same.',
  });
}

function queueFull() {
  return failure(InvalidOperationError, 'ERR_IOT_QUEUE_FULL', 'The send queue is full', {
    hint: 'Wait for earlier sends to be acknowledged, or use whenFull: "wait".',
    delivery: 'not sent',
  });
}

module.exports = {
  withDelivery,
  timedOut,
  abortedBy,
  noCredentials,
  closedBeforeConnected,
  closedBeforeDone,
  brokenBeforeDone,
  queueFull,
};
