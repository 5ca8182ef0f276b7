// @ts-check
'use strict';

const { failure, quote } = require('../vocabulary/failure');

/** What IoT Edge puts into the environment of a module, `IOTEDGE_GATEWAYHOSTNAME` besides (device-sdk.md §8). */
const REQUIRED = [
  'IOTEDGE_WORKLOADURI',
  'IOTEDGE_DEVICEID',
  'IOTEDGE_MODULEID',
  'IOTEDGE_IOTHUBHOSTNAME',
  'IOTEDGE_AUTHSCHEME',
  'IOTEDGE_MODULEGENERATIONID',
];

/**
 * How a module finds its gateway: by a connection string and a file of roots, as while it is developed, or by the workload
 * API, as on an IoT Edge device.
 *
 * @typedef {{ connectionString: string, caFile?: string } | { edge: import('../..').EdgedAuthConfig }} EdgeEnvironment
 */

/**
 * @param {Record<string, string | undefined>} env
 * @returns {EdgeEnvironment}
 * @throws {ReferenceError} `ERR_IOT_ENVIRONMENT`: a variable is missing, which it names, or has a value that cannot be used.
 */
function readEdgeEnvironment(env) {
  const connectionString = env.EdgeHubConnectionString || env.IotHubConnectionString;
  if (connectionString) {
    const caFile = env.EdgeModuleCACertificateFile;
    return { connectionString, ...(caFile && { caFile }) };
  }
  const missing = REQUIRED.filter((name) => !env[name]);
  if (missing.length > 0) throw missingVariables(missing);
  const scheme = String(env.IOTEDGE_AUTHSCHEME);
  if (scheme.toLowerCase() !== 'sastoken') {
    throw unusable(
      `The environment variable IOTEDGE_AUTHSCHEME is ${quote(scheme)}, and only sasToken is known`,
      'IoT Edge sets it to sasToken.',
    );
  }
  const gatewayHostName = env.IOTEDGE_GATEWAYHOSTNAME;
  return {
    edge: {
      workloadUri: String(env.IOTEDGE_WORKLOADURI),
      deviceId: String(env.IOTEDGE_DEVICEID),
      moduleId: String(env.IOTEDGE_MODULEID),
      iothubHostName: String(env.IOTEDGE_IOTHUBHOSTNAME),
      authScheme: scheme,
      generationId: String(env.IOTEDGE_MODULEGENERATIONID),
      ...(gatewayHostName && { gatewayHostName }),
    },
  };
}

/** @param {string[]} missing */
function missingVariables(missing) {
  const names = missing.length === 1 ? `variable ${missing[0]} is` : `variables ${missing.join(', ')} are`;
  const hint =
    missing.length === REQUIRED.length
      ? 'IoT Edge sets them for its modules; elsewhere set EdgeHubConnectionString and EdgeModuleCACertificateFile.'
      : 'IoT Edge sets it for its modules: hand the whole environment on to the process.';
  return unusable(`The environment ${names} missing`, hint);
}

/**
 * @param {string} message
 * @param {string} hint
 */
function unusable(message, hint) {
  return failure(ReferenceError, 'ERR_IOT_ENVIRONMENT', message, { hint });
}

module.exports = { readEdgeEnvironment };
