// @ts-check
'use strict';

const { requireDeviceId } = require('../identity/device_id');
const { faultOfHost, parseEndpoint, portFaultOf } = require('../identity/gateway_address');
const { decodeSharedAccessKey } = require('../identity/shared_access_key');
const { CREDENTIALS } = require('./credentials');

/** @typedef {import('../..').ConnectionStringFault} Fault */

/** The names of IoT hubs, in all clouds. */
const HUB = /\.azure-devices\.(net|cn|us|de)\.?$/i;

/** Of symmetric keys at the hub. */
const LEAST_KEY_BYTES = 16;
const MOST_KEY_BYTES = 64;

/**
 * Who the device is and where it connects to, out of the fields of its connection string.
 *
 * @param {Record<string, string>} fields
 * @param {Fault[]} faults Receives what is wrong with them.
 * @param {number} defaultPort
 */
function identify(fields, faults, defaultPort) {
  const whole = faults.some(({ kind }) => INSTEAD.includes(kind));
  const open = faults
    .filter(({ kind }) => kind === 'connection-string-placeholder')
    .map(({ where }) => where);
  const service = isOfService(fields);
  if (service) faults.push({ kind: 'connection-string-of-service', detail: fields.SharedAccessKeyName });
  for (const name of ['HostName', 'DeviceId']) {
    const excused = whole || open.includes(name) || (service && name === 'DeviceId');
    if (!fields[name] && !excused) faults.push({ kind: 'connection-string-field-missing', where: name });
  }
  if (fields.DeviceId) checkId(fields.DeviceId, 'device', faults);
  if (fields.ModuleId) checkId(fields.ModuleId, 'module', faults);
  if (fields.ModuleId && fields.x509) faults.push({ kind: 'module-certificate', where: 'x509' });
  return {
    ...given('hub', fields.HostName),
    ...given('deviceId', fields.DeviceId),
    ...given('moduleId', fields.ModuleId),
    ...given('gateway', fields.GatewayHostName),
    ...given('policy', fields.SharedAccessKeyName),
    ...(whole ? {} : endpoint(fields, faults, defaultPort)),
    ...(whole || open.some((name) => CREDENTIALS.some(({ field }) => field === name))
      ? {}
      : credential(fields, faults)),
  };
}

/** What makes all that is missing a consequence. */
const INSTEAD = ['connection-string-other', 'connection-string-cut'];

/**
 * A policy of the hub, such as iothubowner, has a key of its own, and names no device.
 *
 * @param {Record<string, string>} fields
 */
function isOfService({ SharedAccessKeyName: policy, DeviceId: deviceId }) {
  return policy !== undefined && deviceId === undefined;
}

/**
 * @param {string} id
 * @param {'device' | 'module'} kind
 * @param {Fault[]} faults
 */
function checkId(id, kind, faults) {
  try {
    requireDeviceId(id, kind);
  } catch (error) {
    faults.push({
      kind: 'device-id-unusable',
      where: kind === 'device' ? 'DeviceId' : 'ModuleId',
      detail: /** @type {Error} */ (error).message,
    });
  }
}

/**
 * @param {Record<string, string>} fields
 * @param {Fault[]} faults
 * @param {number} defaultPort
 * @returns {{ host?: string, port?: number }}
 */
function endpoint({ HostName: hub, GatewayHostName: gateway }, faults, defaultPort) {
  if (!gateway && faults.some(isExcused)) return {};
  if (gateway && HUB.test(gateway)) {
    const swapped = hub && !HUB.test(hub);
    faults.push({ kind: 'gateway-is-hub', where: 'GatewayHostName', ...(swapped && { suggestion: hub }) });
  } else if (!gateway && hub && HUB.test(hub)) {
    faults.push({ kind: 'gateway-missing', where: 'GatewayHostName' });
  } else if (gateway && hub && !HUB.test(withoutScheme(hub))) {
    faults.push({ kind: 'hub-name-unusual', where: 'HostName' });
  }
  if (!gateway) return hub ? readHost('HostName', hub, faults, defaultPort) : {};
  if (hub) readHost('HostName', hub, faults, defaultPort);
  return readHost('GatewayHostName', gateway, faults, defaultPort);
}

/**
 * The gateway is there, but not as it should be; or nothing of the string is of use.
 *
 * @param {Fault} fault
 */
function isExcused({ kind, where }) {
  return where === 'GatewayHostName' || kind === 'connection-string-of-service';
}

/**
 * @param {'HostName' | 'GatewayHostName'} where
 * @param {string} written
 * @param {Fault[]} faults
 * @param {number} defaultPort
 * @returns {{ host?: string, port?: number }}
 */
function readHost(where, written, faults, defaultPort) {
  const bare = withoutScheme(written);
  try {
    const found = parseEndpoint(bare, defaultPort);
    if (bare !== written) faults.push({ kind: 'gateway-name-unusable', where, suggestion: bare });
    else checkForm(written, found.host, where, faults);
    return found;
  } catch {
    const port = portFaultOf(bare);
    faults.push(
      port === undefined
        ? { kind: 'gateway-name-unusable', where, detail: faultOfHost(bare) }
        : { kind: 'gateway-port-invalid', where, detail: port },
    );
    return {};
  }
}

/**
 * What people paste from a browser: a scheme before the name, a path behind it.
 *
 * @param {string} text
 */
function withoutScheme(text) {
  return text.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}

/**
 * @param {string} written
 * @param {string} host
 * @param {string} where
 * @param {Fault[]} faults
 */
function checkForm(written, host, where, faults) {
  const usual = host.replace(/\.$/, '');
  if (usual === host && !host.includes('_')) return;
  const detail = host.includes('_') ? 'an underscore' : 'a dot at its end';
  const suggestion = written.replace(host, usual.replaceAll('_', '-'));
  faults.push({ kind: 'gateway-name-form', where, suggestion, detail });
}

/**
 * @param {Record<string, string>} fields
 * @param {Fault[]} faults
 * @returns {{ credential?: 'key' | 'token' | 'x509', keyBytes?: number }}
 */
function credential(fields, faults) {
  const present = CREDENTIALS.filter(({ field }) => fields[field]);
  if (present.length === 0) {
    faults.push({ kind: 'credential-missing' });
    return {};
  }
  if (present.length > 1) {
    faults.push({ kind: 'credential-conflict', where: present.map(({ field }) => field).join(' and ') });
  }
  const [{ name }] = present;
  if (name !== 'key') return { credential: name };
  try {
    const keyBytes = decodeSharedAccessKey(fields.SharedAccessKey).length;
    if (keyBytes < LEAST_KEY_BYTES || keyBytes > MOST_KEY_BYTES)
      faults.push({ kind: 'key-length', detail: String(keyBytes) });
    return { credential: name, keyBytes };
  } catch (error) {
    faults.push({ kind: 'key-not-base64', detail: /** @type {Error} */ (error).message });
    return { credential: name };
  }
}

/**
 * @param {string} name
 * @param {string | undefined} value
 * @returns {Record<string, string>}
 */
function given(name, value) {
  return value ? { [name]: value } : {};
}

/**
 * @param {Pick<import('../..').ConnectionStringFacts, 'hub' | 'deviceId' | 'moduleId'>} [facts]
 * @returns {string | undefined} Why nothing can be sent in the name of the device, or signed; `undefined`: it can.
 */
function whyNameless({ hub, deviceId, moduleId = '' } = /** @type {any} */ ({})) {
  if (!hub || !deviceId) return 'HostName or DeviceId is missing';
  // Half a surrogate pair has no form in UTF-8.
  return /\p{Surrogate}/u.test([hub, deviceId, moduleId].join(' '))
    ? 'HostName or DeviceId is no text'
    : undefined;
}

module.exports = { HUB, identify, whyNameless };
