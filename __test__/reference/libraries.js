// @ts-check
'use strict';

const https = require('node:https');

/**
 * What a scenario needs of a client library.
 *
 * @typedef {'telemetry' | 'c2d' | 'tokenRenewal' | 'twin' | 'methods' | 'webSocket' | 'x509' | 'modules'} Ability
 *
 * @typedef {object} Library
 * @property {string} name
 * @property {any} exports Client, ModuleClient, Message, Mqtt, MqttWs.
 * @property {Record<string, (exports: any) => boolean>} lacks What it cannot do yet, each with what shows that it still
 *   cannot.
 */

const original = { ...require('azure-iot-device'), ...require('azure-iot-device-mqtt') };
const ours = {
  ...require('../../lib/compat/azure_iot_device'),
  ...require('../../lib/compat/azure_iot_device_mqtt'),
};

/** @type {Library[]} */
const LIBRARIES = [
  { name: 'azure-iot-device', exports: original, lacks: {} },
  {
    name: 'edge-downstream',
    exports: ours,
    // The one list of what edge-downstream has not yet. An ability that comes leaves it, or its test fails.
    lacks: {
      twin: ({ Client }) => Client.prototype.getTwin === undefined,
      methods: ({ Client }) => Client.prototype.onDeviceMethod === undefined,
      modules: ({ ModuleClient }) => ModuleClient === undefined,
    },
  },
];

/**
 * An agent that leads the fixed port 443 of MQTT over WebSocket to a gateway's: what an agent is made with goes first.
 *
 * @param {import('../../gateway').Gateway} gateway
 */
function agentTo(gateway) {
  return new https.Agent({ port: gateway.webSocketPort });
}

module.exports = { LIBRARIES, agentTo };
