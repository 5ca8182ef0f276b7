// @ts-check
'use strict';

const { ArgumentError } = require('./errors');
const { failure, quote } = require('./failure');

/**
 * Refuses a device id that cannot travel: it stands raw in MQTT topics, the client id and the user name. The signs
 * are those IoT Hub allows, less `#` and `+`, which MQTT topics exclude, and `%`, which a gateway decodes
 * (edge-gateway.md §2.4).
 *
 * @param {string} deviceId
 * @throws {ArgumentError} `ERR_IOT_DEVICE_ID_INVALID`
 */
function requireDeviceId(deviceId) {
  if (/^[\w.\-*?!(),:=@$']{1,128}$/.test(deviceId)) return;
  const sign = /[^\w.\-*?!(),:=@$']/u.exec(deviceId)?.[0];
  const fault = sign
    ? `contains ${quote(sign)}`
    : deviceId
      ? `has ${deviceId.length} characters`
      : 'is empty';
  const message = `The device id ${deviceId ? quote(deviceId) + ' ' : ''}${fault}`;
  throw failure(ArgumentError, 'ERR_IOT_DEVICE_ID_INVALID', message, {
    hint: "Behind a gateway an id has 1 to 128 ASCII letters, digits and - . _ * ? ! ( ) , : = @ $ '",
  });
}

module.exports = { requireDeviceId };
