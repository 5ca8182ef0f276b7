// @ts-check
'use strict';

const { Client } = require('../client/client');
const { Mqtt } = require('../mqtt/mqtt');
const { MqttWs } = require('../mqtt/mqtt_ws');

/**
 * @param {string} connectionString
 * @returns {Client} Over MQTT.
 * @throws As `Client.fromConnectionString`.
 */
function clientFromConnectionString(connectionString) {
  return Client.fromConnectionString(connectionString, Mqtt);
}

/** The exports of azure-iot-device-mqtt 1.16 (device-sdk.md §1.1). */
module.exports = { Mqtt, MqttWs, clientFromConnectionString };
