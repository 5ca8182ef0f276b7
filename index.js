// @ts-check
'use strict';

const { IotEdgeAuthenticationProvider } = require('./lib/authentication/providers/iot_edge');
const { SharedAccessKeyAuthenticationProvider } = require('./lib/authentication/providers/shared_access_key');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('./lib/authentication/providers/shared_access_signature');
const { X509AuthenticationProvider } = require('./lib/authentication/providers/x509');
const { Client } = require('./lib/client/client');
const { ModuleClient } = require('./lib/client/module_client');
const { DeviceMethodRequest } = require('./lib/methods/request');
const { DeviceMethodResponse } = require('./lib/methods/response');
const { deviceConnectionString: ConnectionString } = require('./lib/identity/connection_string');
const { connect } = require('./lib/device/device');
const { diagnose } = require('./lib/doctor/diagnose');
const endpoint = require('./lib/vocabulary/endpoint');
const errors = require('./lib/vocabulary/errors');
const { Message } = require('./lib/message/message');
const { Mqtt } = require('./lib/mqtt/mqtt');
const { MqttWs } = require('./lib/mqtt/mqtt_ws');
const { Properties } = require('./lib/message/properties');
const results = require('./lib/vocabulary/results');
const { ExponentialBackOffWithJitter, NoRetry, RetryOperation } = require('./lib/connection/retry_policy');
const {
  deviceSharedAccessSignature: SharedAccessSignature,
} = require('./lib/authentication/shared_access_signature');
const { Twin } = require('./lib/twin/twin');

// Shorthand only: that is how `import { connect } from 'edge-downstream'` finds every name.
module.exports = {
  connect,
  Client,
  ConnectionString,
  DeviceMethodRequest,
  DeviceMethodResponse,
  diagnose,
  endpoint,
  errors,
  ExponentialBackOffWithJitter,
  IotEdgeAuthenticationProvider,
  Message,
  ModuleClient,
  Mqtt,
  MqttWs,
  NoRetry,
  Properties,
  results,
  RetryOperation,
  SharedAccessKeyAuthenticationProvider,
  SharedAccessSignature,
  SharedAccessSignatureAuthenticationProvider,
  Twin,
  X509AuthenticationProvider,
};
