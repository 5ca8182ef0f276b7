// @ts-check
'use strict';

const { refusalOf } = require('../identity/request');
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
          const credentials = { password: authorization, certificates: [] };
          return refusalOf(authenticator, { deviceId, moduleId }, credentials);
        },
        invoke: (...call) => calls.invoke(...call),
      }),
  };
}

module.exports = { methodRoute };
