// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const https = require('node:https');
const HttpsProxyAgent = require('https-proxy-agent-5');

/**
 * What a scenario needs of a client library.
 *
 * @typedef {'telemetry' | 'c2d' | 'tokenRenewal' | 'twin' | 'methods' | 'webSocket' | 'x509' | 'x509Gateway' | 'mqttProxy' | 'modules'} Ability
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

/**
 * What the transport of a device with a certificate is told of its gateway.
 *
 * @param {any} Client
 */
function gatewayOf(Client) {
  /** @type {any} */
  let told;
  class Transport extends EventEmitter {
    constructor(/** @type {any} */ provider) {
      super();
      provider.getDeviceCredentials((/** @type {any} */ _, /** @type {any} */ credentials) => {
        told = credentials.gatewayHostName;
      });
    }
  }
  Client.fromConnectionString('HostName=hub;DeviceId=d;x509=true;GatewayHostName=gw', Transport);
  return told;
}

/** @type {Library[]} */
const LIBRARIES = [
  {
    name: 'azure-iot-device',
    exports: original,
    lacks: {
      // It has an agent for WebSockets, and no option.
      mqttProxy: ({ Mqtt }) => !/\bproxy\b/i.test(String(Mqtt)),
      x509Gateway: ({ Client }) => gatewayOf(Client) === undefined,
    },
  },
  {
    name: 'edge-downstream',
    exports: ours,
    lacks: {},
  },
];

/**
 * What leads a client through a proxy, where it is by WebSocket: the agent that the samples use.
 *
 * @param {number} port Of the proxy.
 */
function agentThrough(port) {
  return new HttpsProxyAgent(`http://127.0.0.1:${port}`);
}

/**
 * An agent that leads the fixed port 443 of MQTT over WebSocket to a gateway's: what an agent is made with goes first.
 *
 * @param {import('../../gateway').Gateway} gateway
 */
function agentTo(gateway) {
  return new https.Agent({ port: gateway.webSocketPort });
}

module.exports = { LIBRARIES, agentThrough, agentTo };
