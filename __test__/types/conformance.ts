/**
 * The implementation under `lib/` has the declared types. `index.js` itself cannot be checked: the compiler takes
 * `index.d.ts` in its place. Compiled by `tsconfig.json`; `types.test.js` proves that a mismatch is found.
 */

import type { EventEmitter } from 'node:events';
import * as authenticationEdge from '../../lib/authentication/providers/iot_edge.js';
import * as authenticationKey from '../../lib/authentication/providers/shared_access_key.js';
import * as authenticationSignature from '../../lib/authentication/providers/shared_access_signature.js';
import * as authenticationX509 from '../../lib/authentication/providers/x509.js';
import * as authenticationType from '../../lib/authentication/type.js';
import * as callback from '../../lib/plumbing/callback.js';
import * as client from '../../lib/client/client.js';
import * as connectionString from '../../lib/identity/connection_string.js';
import * as device from '../../lib/device/device.js';
import * as edgeModule from '../../lib/device/module.js';
import * as diagnosis from '../../lib/doctor/diagnose.js';
import * as methodRequest from '../../lib/methods/request.js';
import * as methodResponse from '../../lib/methods/response.js';
import * as endpoint from '../../lib/vocabulary/endpoint.js';
import * as errors from '../../lib/vocabulary/errors.js';
import * as message from '../../lib/message/message.js';
import * as moduleClient from '../../lib/client/module_client.js';
import * as mqtt from '../../lib/mqtt/mqtt.js';
import * as mqttWs from '../../lib/mqtt/mqtt_ws.js';
import * as properties from '../../lib/message/properties.js';
import * as results from '../../lib/vocabulary/results.js';
import * as retry from '../../lib/connection/retry_policy.js';
import * as signature from '../../lib/authentication/shared_access_signature.js';
import * as twin from '../../lib/twin/twin.js';
import * as userAgent from '../../lib/identity/user_agent.js';
import type * as declared from '../../index';
import type * as common from '../../lib/compat/azure_iot_common';
import type * as azureDevice from '../../lib/compat/azure_iot_device';

type ProvidersOfTokens = 'IotEdgeAuthenticationProvider' | 'SharedAccessKeyAuthenticationProvider';

export const face: Omit<typeof declared, ProvidersOfTokens> = {
  connect: device.connect,
  Client: client.Client,
  ConnectionString: connectionString.deviceConnectionString,
  DeviceMethodRequest: methodRequest.DeviceMethodRequest,
  DeviceMethodResponse: methodResponse.DeviceMethodResponse,
  diagnose: diagnosis.diagnose,
  endpoint,
  errors,
  ExponentialBackOffWithJitter: retry.ExponentialBackOffWithJitter,
  Message: message.Message,
  ModuleClient: moduleClient.ModuleClient,
  Mqtt: mqtt.Mqtt,
  MqttWs: mqttWs.MqttWs,
  NoRetry: retry.NoRetry,
  Properties: properties.Properties,
  results,
  RetryOperation: retry.RetryOperation,
  SharedAccessSignature: signature.deviceSharedAccessSignature,
  SharedAccessSignatureAuthenticationProvider:
    authenticationSignature.SharedAccessSignatureAuthenticationProvider,
  Twin: twin.Twin,
  X509AuthenticationProvider: authenticationX509.X509AuthenticationProvider,
};

// What connect() gives is known only when it runs.
type Settings = ConstructorParameters<typeof device.Device>[0];
export const deviceOf: (settings: Settings) => declared.Device = (settings) => new device.Device(settings);
export const moduleOf: (settings: Settings) => declared.Module = (settings) =>
  new edgeModule.Module(settings);

// To the compiler a class with protected members is like no other class, so its public and its protected face are compared
// by themselves.
type KeyProvider = Omit<declared.SharedAccessKeyAuthenticationProvider, keyof EventEmitter>;
type KeyProviderClass = typeof declared.SharedAccessKeyAuthenticationProvider;

export const keyProvider: {
  new (...args: ConstructorParameters<KeyProviderClass>): KeyProvider;
  fromConnectionString(...args: Parameters<KeyProviderClass['fromConnectionString']>): KeyProvider;
} = authenticationKey.SharedAccessKeyAuthenticationProvider;

type EdgeProvider = Omit<declared.IotEdgeAuthenticationProvider, keyof EventEmitter>;
type EdgeProviderClass = typeof declared.IotEdgeAuthenticationProvider;

export const edgeProvider: new (...args: ConstructorParameters<EdgeProviderClass>) => EdgeProvider =
  authenticationEdge.IotEdgeAuthenticationProvider;

export class DeclaredSigner extends (null as unknown as KeyProviderClass) {
  face = { credentials: this._credentials, valid: this._tokenValidTimeInSeconds, sign: this._sign };
}
export class Signer extends authenticationKey.SharedAccessKeyAuthenticationProvider {
  face: DeclaredSigner['face'] = {
    credentials: this._credentials,
    valid: this._tokenValidTimeInSeconds,
    sign: this._sign,
  };
}

export const commonFace: Omit<typeof common, keyof typeof declared | 'AuthenticationType'> & {
  ConnectionString: typeof common.ConnectionString;
  SharedAccessSignature: typeof common.SharedAccessSignature;
  AuthenticationType: { X509: 0; Token: 1 };
} = {
  AuthenticationType: authenticationType.AuthenticationType,
  ConnectionString: connectionString.ConnectionString,
  SharedAccessSignature: signature.SharedAccessSignature,
  anHourFromNow: signature.anHourFromNow,
  encodeUriComponentStrict: signature.encodeUriComponentStrict,
  getAgentPlatformString: userAgent.getAgentPlatformString as typeof common.getAgentPlatformString,
  ...callback,
};

export const deviceFace: Pick<typeof azureDevice, 'getUserAgentString'> = {
  getUserAgentString: userAgent.getUserAgentString as typeof azureDevice.getUserAgentString,
};
