// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/**
 * Refuses the id of a device or module that cannot travel: it stands raw in MQTT topics, the client id and the user name.
 * The signs are those IoT Hub allows, less `#` and `+`, which MQTT topics exclude, and `%`, which a gateway decodes
 * (edge-gateway.md §2.4).
 *
 * @param {string} id
 * @param {'device' | 'module'} [kind]
 * @throws {ArgumentError} `ERR_IOT_DEVICE_ID_INVALID`
 */
function requireDeviceId(id, kind = 'device') {
  if (typeof id === 'string' && /^[\w.\-*?!(),:=@$']{1,128}$/.test(id)) return;
  throw failure(ArgumentError, 'ERR_IOT_DEVICE_ID_INVALID', `The ${kind} id ${faultOf(id)}`, {
    hint: "Behind a gateway an id has 1 to 128 ASCII letters, digits and - . _ * ? ! ( ) , : = @ $ '",
  });
}

/** @param {unknown} deviceId One that cannot travel. */
function faultOf(deviceId) {
  // A token of a policy names no device.
  if (typeof deviceId !== 'string') return `is ${quote(deviceId)}, not a text`;
  if (deviceId === '') return 'is empty';
  const sign = /[^\w.\-*?!(),:=@$']/u.exec(deviceId)?.[0];
  return `${quote(deviceId)} ${sign ? `contains ${quote(sign)}` : `has ${deviceId.length} characters`}`;
}

module.exports = { requireDeviceId };
