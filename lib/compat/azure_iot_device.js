// @ts-check
'use strict';

const { IotEdgeAuthenticationProvider } = require('../authentication/providers/iot_edge');
const { SharedAccessKeyAuthenticationProvider } = require('../authentication/providers/shared_access_key');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('../authentication/providers/shared_access_signature');
const { X509AuthenticationProvider } = require('../authentication/providers/x509');
const { Client } = require('../client/client');
const { ModuleClient } = require('../client/module_client');
const { deviceConnectionString: ConnectionString } = require('../identity/connection_string');
const { Message } = require('../message/message');
const { DeviceMethodRequest } = require('../methods/request');
const { DeviceMethodResponse } = require('../methods/response');
const {
  deviceSharedAccessSignature: SharedAccessSignature,
} = require('../authentication/shared_access_signature');
const { getUserAgentString } = require('../identity/user_agent');
const { Twin } = require('../twin/twin');

/**
 * The exports of azure-iot-device 1.18 (device-sdk.md §1.1). The keys that are `undefined` are there in the original too:
 * names of types.
 */
module.exports = {
  Client,
  ModuleClient,
  ConnectionString,
  SharedAccessSignature,
  Message,
  DeviceMethodRequest,
  DeviceMethodResponse,
  X509AuthenticationProvider,
  SharedAccessSignatureAuthenticationProvider,
  SharedAccessKeyAuthenticationProvider,
  EdgedAuthConfig: undefined,
  IotEdgeAuthenticationProvider,
  Twin,
  TwinProperties: undefined,
  getUserAgentString,
};
