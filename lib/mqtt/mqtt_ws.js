// @ts-check
'use strict';

const { Mqtt } = require('./mqtt');
const { MQTT_WS } = require('./protocol');

/**
 * MQTT 3.1.1 over WebSocket and TLS, port 443: for networks that let nothing else through. All else is as with `Mqtt`.
 */
class MqttWs extends Mqtt {
  static protocol = MQTT_WS;
}

module.exports = { MqttWs };
