// @ts-check
'use strict';

const { requireCallback } = require('./argument');

/**
 * Callback or promise: an operation that reports by callback is offered both ways. With a user callback it is handed
 * on and what the operation throws is thrown; without one (any falsy value) the outcome is a promise and what the
 * operation throws rejects it. A truthy callback that is no function is a TypeError (device-sdk.md §1.2).
 *
 * @typedef {(...results: any[]) => void} AnyCallback
 */

/**
 * @param {(callback: AnyCallback) => any} operation
 * @param {AnyCallback | undefined} userCallback
 * @param {(resolve: (value: any) => void, reject: (error: any) => void) => AnyCallback} listen Makes the callback that
 *   settles the promise.
 * @returns {any}
 */
function dual(operation, userCallback, listen) {
  if (!userCallback) {
    return new Promise((resolve, reject) => {
      operation(listen(resolve, reject));
    });
  }
  requireCallback(userCallback);
  return operation(userCallback);
}

/**
 * For `(error, result)`.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {AnyCallback} [userCallback]
 */
function callbackToPromise(operation, userCallback) {
  return dual(operation, userCallback, (resolve, reject) => (error, result) => {
    if (error) reject(error);
    else resolve(result);
  });
}

/**
 * For `(error)`.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {AnyCallback} [userCallback]
 */
function errorCallbackToPromise(operation, userCallback) {
  return callbackToPromise(operation, userCallback);
}

/**
 * For `(result)`, an operation that cannot fail.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {AnyCallback} [userCallback]
 */
function noErrorCallbackToPromise(operation, userCallback) {
  return dual(operation, userCallback, (resolve) => resolve);
}

/**
 * For `(first, second)`, either of which may be an Error instead; the promise gives `pack(first, second)`.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {(first: any, second: any) => any} pack
 * @param {AnyCallback} [userCallback]
 */
function doubleValueCallbackToPromise(operation, pack, userCallback) {
  return dual(operation, userCallback, (resolve, reject) => (first, second) => {
    const error = [first, second].find((value) => value instanceof Error);
    if (error) reject(error);
    else resolve(pack(first, second));
  });
}

/**
 * For `(error, first, second)`; the promise gives `pack(first, second)`.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {(first: any, second: any) => any} pack
 * @param {AnyCallback} [userCallback]
 */
function tripleValueCallbackToPromise(operation, pack, userCallback) {
  return dual(operation, userCallback, (resolve, reject) => (error, first, second) => {
    if (error) reject(error);
    else resolve(pack(first, second));
  });
}

/**
 * For `(error, responseBody, httpResponse)`; the promise gives `{ responseBody, httpResponse }`.
 *
 * @param {(callback: AnyCallback) => any} operation
 * @param {AnyCallback} [userCallback]
 */
function httpCallbackToPromise(operation, userCallback) {
  return tripleValueCallbackToPromise(
    operation,
    (responseBody, httpResponse) => ({ responseBody, httpResponse }),
    userCallback,
  );
}

module.exports = {
  callbackToPromise,
  errorCallbackToPromise,
  noErrorCallbackToPromise,
  doubleValueCallbackToPromise,
  tripleValueCallbackToPromise,
  httpCallbackToPromise,
};
