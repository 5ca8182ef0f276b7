// @ts-check
'use strict';

/**
 * What MQTT travels in, within TLS.
 *
 * @typedef {object} Protocol
 * @property {'mqtt' | 'ws'} name As the doctor calls it.
 * @property {number} port Where no other is given (device-sdk.md §3.1).
 * @property {boolean} webSocket
 */

/** @type {Protocol} */
const MQTT = Object.freeze({ name: 'mqtt', port: 8883, webSocket: false });
/** @type {Protocol} */
const MQTT_WS = Object.freeze({ name: 'ws', port: 443, webSocket: true });

module.exports = { MQTT, MQTT_WS };
