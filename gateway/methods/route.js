// @ts-check
'use strict';

const { Refusal } = require('../identity/refusal');
const { METHOD_CALL_PATH, handleMethodCall } = require('./rest');

/**
 * The modules' REST call for the HTTPS side of a gateway. A module proves itself by a token as header `Authorization`.
 * @param {object} rooms
 * @param {import('./calls').Calls} rooms.calls
 * @param {import('../identity/authenticator').Authenticator} rooms.authenticator
 * @param {import('../identity/scope').Scope} rooms.scope
 * @returns {import('../http/routes').Route}
 */
function methodRoute({ calls, authenticator, scope }) {
  return {
    method: 'POST',
    path: METHOD_CALL_PATH,
    handle: (request) =>
      handleMethodCall({
        ...request,
        refusalOf: (callerId, { authorization }) => {
          const [deviceId, moduleId] = callerId.split('/');
          if (deviceId !== scope.edgeDeviceId) return 'only modules of this edge device call methods';
          return refusalOf(authenticator, { deviceId, moduleId, clientId: callerId }, authorization);
        },
        invoke: (...call) => calls.invoke(...call),
      }),
  };
}

/**
 * @param {import('../identity/authenticator').Authenticator} authenticator
 * @param {{ deviceId: string, moduleId: string, clientId: string }} caller
 * @param {string | undefined} password
 * @returns {string | undefined}
 */
function refusalOf(authenticator, caller, password) {
  try {
    authenticator.authenticate({ host: '', modelId: undefined, ...caller }, { password, certificates: [] });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return `'${caller.clientId}' is not authenticated`;
    throw error;
  }
}

module.exports = { methodRoute };
