// @ts-check
'use strict';

/**
 * @param {import('./child').Child} child
 * @param {object} place
 * @param {string} place.hubHostName
 * @param {string} place.endpoint gateway and, unless it is the standard one, port
 * @param {boolean} place.direct name the gateway as the host, for clients that do not heed `GatewayHostName`
 */
function connectionStringOf({ deviceId, moduleId, primaryKey, x509 }, { hubHostName, endpoint, direct }) {
  const fields = {
    HostName: direct ? endpoint : hubHostName,
    DeviceId: deviceId,
    ModuleId: moduleId,
    SharedAccessKey: primaryKey,
    x509: x509 ? 'true' : undefined,
    GatewayHostName: direct ? undefined : endpoint,
  };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

module.exports = { connectionStringOf };
