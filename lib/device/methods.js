// @ts-check
'use strict';

const { MethodCall, MethodReply } = require('../methods/method_call');
const { toJson } = require('./json_body');

/** @typedef {(payload: any, call: MethodCall) => unknown} MethodHandler */

/**
 * A function that gives an answer, as one that sends it.
 *
 * @param {MethodHandler} handler
 * @param {(error: Error) => void} failed Is told when an answer could not be sent.
 * @returns {import('../methods/method_handlers').Handler}
 */
function answering(handler, failed) {
  return async (request, response) => {
    const { status, payload } = await replyOf(handler, request);
    try {
      await response.send(status, payload);
    } catch (error) {
      failed(/** @type {Error} */ (error));
      const { message } = /** @type {Error} */ (error);
      if (!response.isResponseComplete) response.send(500, { message }, () => {});
    }
  };
}

/**
 * @param {MethodHandler} handler
 * @param {import('../methods/request').DeviceMethodRequest} request
 * @returns {Promise<MethodReply>}
 */
async function replyOf(handler, { requestId, methodName, payload }) {
  try {
    const result = await handler(payload, new MethodCall(requestId, methodName));
    const reply = result instanceof MethodReply ? result : new MethodReply(200, result);
    if (reply.payload !== undefined) toJson(reply.payload, 'result');
    return reply;
  } catch (error) {
    const { message = String(error) } = /** @type {any} */ (error) ?? {};
    return new MethodReply(500, { message });
  }
}

module.exports = { answering };
