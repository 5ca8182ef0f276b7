'use strict';

const { SharedAccessSignature } = require('../..');

const HUB = 'hub.azure-devices.net';
/** The key of every device. */
const KEY = Buffer.from('a key of thirty-two bytes, base64').toString('base64');
/** Far ahead, and always the same: a broker that compares passwords can know the token. Seconds since 1970. */
const EXPIRY = 4_000_000_000;

/**
 * @param {string} deviceId
 * @param {string} gateway `localhost:12345`
 */
function keyConnectionString(deviceId, gateway) {
  return `HostName=${HUB};DeviceId=${deviceId};SharedAccessKey=${KEY};GatewayHostName=${gateway}`;
}

/** @param {string} deviceId */
function tokenOf(deviceId, expiry = EXPIRY) {
  return SharedAccessSignature.create(HUB, deviceId, KEY, expiry).toString();
}

/**
 * @param {string} deviceId
 * @param {string} gateway
 */
function tokenConnectionString(deviceId, gateway) {
  return `HostName=${HUB};DeviceId=${deviceId};SharedAccessSignature=${tokenOf(deviceId)};GatewayHostName=${gateway}`;
}

module.exports = { HUB, KEY, keyConnectionString, tokenConnectionString, tokenOf };
