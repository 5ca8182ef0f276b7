// @ts-check
'use strict';

const { requireCredentials } = require('../authentication/provider');
const { requireDeviceId } = require('../identity/device_id');
const { parseEndpoint } = require('../identity/gateway_address');
const { userAgent } = require('../identity/user_agent');

/** @typedef {import('../..').TransportConfig} TransportConfig */

/** The version of the service interface (device-sdk.md §3.3). */
const API_VERSION = '2021-04-12';

/**
 * The names by which a device or module goes on MQTT (device-sdk.md §3.2–§3.6). Ids stand in them as they are.
 */
class MqttIdentity {
  /** @type {string} */
  #hub;
  /** @type {string | undefined} */
  #gateway;

  /**
   * @param {TransportConfig} credentials
   * @throws {ArgumentError} `ERR_IOT_DEVICE_ID_INVALID`: an id cannot travel; `ERR_IOT_PROVIDER`: there are no credentials.
   */
  constructor(credentials) {
    requireCredentials(credentials);
    const { host, gatewayHostName, deviceId, moduleId } = credentials;
    requireDeviceId(deviceId);
    if (moduleId) requireDeviceId(moduleId, 'module');
    this.#hub = host;
    this.#gateway = gatewayHostName;
    /** The hub's own name stands in the connection string of a device without a gateway; any other is a gateway's. */
    this.behindGateway = Boolean(gatewayHostName) || !/\.azure-devices\./i.test(host);
    /** MQTT client id. */
    this.clientId = moduleId ? `${deviceId}/${moduleId}` : deviceId;
    const own = `devices/${deviceId}${moduleId ? `/modules/${moduleId}` : ''}/`;
    /** What the property bag of a message follows. */
    this.telemetryTopic = `${own}messages/events/`;
    /** What the property bag of a message from the cloud follows; modules get none. */
    this.c2dTopic = moduleId ? undefined : `${own}messages/devicebound/`;
    /** What the name of an input follows; devices have none. */
    this.inputsTopic = moduleId ? `${own}inputs/` : undefined;
  }

  /**
   * @param {number} defaultPort
   * @returns {{ host: string, port: number, field: 'GatewayHostName' | 'HostName' }} `field`: which of the two it is.
   * @throws {ArgumentError} `ERR_IOT_HOST_INVALID`
   */
  endpoint(defaultPort) {
    const field = this.#gateway ? 'GatewayHostName' : 'HostName';
    return { ...parseEndpoint(this.#gateway || this.#hub, defaultPort), field };
  }

  /**
   * The MQTT user name. It names the hub, also behind a gateway.
   *
   * @param {{ modelId?: string, productInfo: string }} options
   */
  username({ modelId, productInfo }) {
    const model = modelId ? `&model-id=${modelId}` : '';
    const agent = encodeURIComponent(userAgent(productInfo));
    return `${this.#hub}/${this.clientId}/?api-version=${API_VERSION}${model}&DeviceClientType=${agent}`;
  }
}

module.exports = { MqttIdentity };
