// @ts-check
'use strict';

const { Refusal } = require('../identity/refusal');
const { METHOD_CALL_PATH, handleMethodCall } = require('./rest');

/**
 * The modules' REST call (contract edge-gateway.md §1.1) for the HTTPS side of a gateway. A module proves itself by a
 * token as header `Authorization`.
 * @param {object} rooms
 * @param {import('./calls').Calls} rooms.calls
 * @param {import('../identity/authenticator').Authenticator} rooms.authenticator
 * @returns {import('../http/routes').Route}
 */
function methodRoute({ calls, authenticator }) {
  return {
    method: 'POST',
    path: METHOD_CALL_PATH,
    handle: (request) =>
      handleMethodCall({
        ...request,
        authenticate: (callerId, { authorization }) => proves(authenticator, callerId, authorization),
        invoke: (...call) => calls.invoke(...call),
      }),
  };
}

/**
 * @param {import('../identity/authenticator').Authenticator} authenticator
 * @param {string} callerId `d/m`
 * @param {string | undefined} password
 * @returns {boolean}
 */
function proves(authenticator, callerId, password) {
  const [deviceId, moduleId] = callerId.split('/');
  const identity = { host: '', deviceId, moduleId, clientId: callerId, modelId: undefined };
  try {
    authenticator.authenticate(identity, { password, certificates: [] });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

module.exports = { methodRoute };
