// @ts-check
'use strict';

/**
 * What the gateway's behaviour rests on, row by row. Nothing was captured from a running edgeHub: it was read in the
 * sources of these releases; what was only deduced is open until somebody tries it (`npm run gateway:rows -- --against`).
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {string[]} rests files, by the abbreviations of RELEASES
 * @property {string} [open] what is deduced and not read, or computed
 */

/** When the sources were read against the rows. */
const CHECKED = '2026-11-26';

/** What each abbreviation stands for, and the release that was read. */
const RELEASES = {
  EH: 'Azure/iotedge 55353a649 (1.6.1 and 9 days), edge-hub/core/src/Microsoft.Azure.Devices.Edge.Hub',
  EU: 'Azure/iotedge 55353a649, edge-util/src/Microsoft.Azure.Devices.Edge.Util',
  RC: 'Azure/iotedge 55353a649, edge-hub/core/src/Microsoft.Azure.Devices.Routing.Core',
  EL: 'Azure/iotedge 55353a649, edgelet',
  PG: 'Azure/azure-iot-protocol-gateway 6edcf12 (ProtocolGateway.Core 2.0.1), src/ProtocolGateway.Core',
  DN: 'Azure/DotNetty 0.7.6, src',
  'DN 0.6': 'Azure/DotNetty 0.6.0 (6515aa0; edgeHub 1.6.0 and 1.6.1), src',
  CS: 'Azure/azure-iot-sdk-csharp 1.43.2-edgeLts',
  HUB: 'Azure IoT Hub, its documentation',
};

const ADAPTER = 'PG/Mqtt/MqttAdapter.cs';
const DECODER = 'DN/DotNetty.Codecs.Mqtt/MqttDecoder.cs';
const PROCESSOR = 'PG/Mqtt/MessageAsyncProcessorBase.cs';
const TWINS = 'EH.Core/twin/StoringTwinManager.cs';
const HANDLER = 'EH.Core/device/DeviceMessageHandler.cs';
const CONNECTIONS = 'EH.Core/ConnectionManager.cs';
const SAS = 'EU/SharedAccessSignature.cs';

/** @type {Record<string, Row>} */
const ROWS = {
  T1: {
    what: "TLS 1.2 and 1.3, and edgeHub's server certificate",
    rests: ['EH.Mqtt/MqttProtocolHead.cs', 'EL/edgelet-http-workload/src/module/cert/server.rs'],
    open: 'which certificates .NET sends for each layout of files',
  },
  T2: { what: 'no CONNECT in time: closed after 60 s', rests: [ADAPTER] },
  T3: {
    what: 'the gateway closes by a bare FIN',
    rests: ['DN/DotNetty.Handlers/Tls/TlsHandler.cs'],
    open: 'that no close_notify is sent',
  },
  C1: { what: 'another level of MQTT: CONNACK 1', rests: [DECODER, ADAPTER] },
  C2: { what: 'malformed packets: closed', rests: [DECODER, ADAPTER] },
  C3: { what: 'forms of the username: CONNACK 3', rests: ['EH.Mqtt/MqttUsernameParser.cs'] },
  C4: { what: 'client id and username differ: CONNACK 5', rests: ['EH.Mqtt/DeviceIdentityProvider.cs'] },
  C5: { what: 'no credentials: CONNACK 5', rests: ['EH.Mqtt/DeviceIdentityProvider.cs'] },
  C6: {
    what: 'tokens and certificates: whom they admit',
    rests: [
      SAS,
      'EU/CertificateHelper.cs',
      'EH.CloudProxy/authenticators/DeviceScopeTokenAuthenticator.cs',
      'EH.CloudProxy/authenticators/DeviceScopeCertificateAuthenticator.cs',
      'EH.Core/DeviceScopeAuthenticator.cs',
    ],
  },
  C7: {
    what: 'unknown or disabled: CONNACK 5, after a look-up',
    rests: ['EH.Core/DeviceScopeAuthenticator.cs', 'EH.Core/DeviceScopeIdentitiesCache.cs'],
    open: 'how long the look-up takes',
  },
  C8: { what: 'sessions hold subscriptions', rests: ['EH.Mqtt/SessionState.cs'] },
  C9: {
    what: 'take-over: CONNACK 0 first, then the older is closed',
    rests: [CONNECTIONS, 'EH.Core/MultipleConnectionsException.cs'],
  },
  C10: {
    what: 'over 100 clients, a new id is acknowledged and never served',
    rests: [CONNECTIONS, 'EH.Mqtt/SessionStatePersistenceProvider.cs'],
    open: 'what such a client notices',
  },
  C11: { what: 'packets behind CONNECT wait for CONNACK', rests: [ADAPTER] },
  K1: { what: 'silence for 1.5 keep-alive periods: closed, with the will', rests: [ADAPTER] },
  K2: { what: 'PINGREQ is answered at once', rests: [ADAPTER] },
  S1: {
    what: 'every filter is granted; the highest QoS of those that match counts',
    rests: ['PG/Mqtt/Util.cs', ADAPTER, 'EH.Mqtt/SessionStateParser.cs'],
  },
  S2: {
    what: 'UNSUBSCRIBE turns kinds off, by the filter that was named last',
    rests: [
      'EH.Mqtt/SessionState.cs',
      'EH.Mqtt/SessionStateParser.cs',
      'EH.Core/SubscriptionProcessorBase.cs',
    ],
    open: "that .NET's dictionary keeps the order of the first mention",
  },
  S3: {
    what: 'the receiver of cloud messages does not start again',
    rests: ['EH.CloudProxy/CloudProxy.cs', CONNECTIONS],
    open: 'a clean=0 session that was left off, and which locks a take-over leaves',
  },
  P1: {
    what: 'telemetry: topics, property bag, stored before PUBACK',
    rests: [
      'EH.Mqtt/MessageAddressConverter.cs',
      'EH.Core/SystemProperties.cs',
      'CS/iothub/device/src/Common/UrlEncodedDictionarySerializer.cs',
    ],
    open: 'that a property deviceId or moduleId replaces the id of the topic',
  },
  P2: { what: 'QoS 2: stored, then closed', rests: [ADAPTER] },
  P3: {
    what: 'acknowledged and silently dropped',
    rests: ['EH.Mqtt/MessageAddressConverter.cs', 'EH.Core/routing/RoutingMessageConverter.cs'],
    open: 'the exact sizes, which are computed',
  },
  P4: { what: 'a packet over 262 144 bytes: closed', rests: [DECODER] },
  P5: {
    what: 'twin GET: 200 to any filter that matches; publishes wait behind it',
    rests: [TWINS, HANDLER, ADAPTER],
    open: 'that an empty twin has no $version',
  },
  P6: {
    what: 'a twin topic that cannot be: closed, without the will',
    rests: ['EH.Mqtt/TwinAddressHelper.cs', PROCESSOR],
  },
  P7: {
    what: 'reported properties: 204 or 400 at once, merged, measured alone',
    rests: [
      'EH.Core/twin/ReportedPropertiesValidator.cs',
      HANDLER,
      TWINS,
      'EH.Core/twin/ReportedPropertiesStore.cs',
    ],
    open: 'that a document which the hub refuses blocks later reports',
  },
  P8: { what: 'answers to methods', rests: [HANDLER, 'EH.Mqtt/MessageAddressConverter.cs'] },
  P9: { what: 'DISCONNECT: what is queued is stored, no will', rests: [ADAPTER, PROCESSOR] },
  P10: { what: 'what is stored when a connection ends, and the will', rests: [ADAPTER, PROCESSOR] },
  P11: {
    what: 'packets that no client sends: closed or ignored',
    rests: [ADAPTER, 'PG/Mqtt/RequestAckPairProcessor.cs'],
  },
  P12: { what: 'behind 100 queued publishes nothing is read', rests: ['EH.Mqtt/MessagingServiceClient.cs'] },
  D1: {
    what: 'cloud messages: passed through, settled by PUBACK, dead letters',
    rests: ['PG/Mqtt/Util.cs', 'EH.CloudProxy/DeviceClientMessageConverter.cs', 'HUB'],
    open: 'the property mqtt-qos, and the Z of times',
  },
  D2: { what: 'method calls', rests: ['EH.Core/InvokeMethodHandler.cs', HANDLER] },
  D3: {
    what: 'desired properties: as they are, or the difference',
    rests: [TWINS, 'EH.Core/twin/TwinStore.cs'],
  },
  D4: { what: 'keys rotated, disabled, removed: closed', rests: ['EH.Core/ConnectionReauthenticator.cs'] },
  D5: { what: 'expired tokens are swept', rests: ['EH.Core/ConnectionReauthenticator.cs'] },
  W1: {
    what: 'MQTT over WebSocket; no telemetry by HTTPS',
    rests: ['EH.Http/middleware/WebSocketHandlingMiddleware.cs', 'EH.Mqtt/MqttWebSocketListener.cs'],
  },
  W2: {
    what: 'method calls of modules by HTTPS',
    rests: [
      'EH.Http/controllers/TwinsController.cs',
      'EH.Http/MethodRequest.cs',
      'EH.Http/MethodRequestValidator.cs',
    ],
    open: 'a call without payload; the case of paths and of members; fractions, which pass through a double there',
  },
  O1: {
    what: 'offline: stored, and forwarded in order',
    rests: ['RC/endpoints/StoringAsyncEndpointExecutor.cs'],
  },
  F1: {
    what: 'the lost early CONNECT',
    rests: ['DN 0.6/DotNetty.Handlers/Tls/TlsHandler.cs'],
    open: 'that a later read is served',
  },
  R1: {
    what: 'routes, and messages to inputs of modules',
    rests: [
      'RC/grammar/Route.g4',
      'RC/messageSources/BaseMessageSource.cs',
      'EH.Core/routing/EndpointFactory.cs',
      'EH.Core/routing/ModuleEndpoint.cs',
      HANDLER,
    ],
  },
  R2: {
    what: 'the workload API',
    rests: [
      'EL/edgelet-http/src/version.rs',
      'EL/edgelet-http-workload/src/module/data/sign.rs',
      'EL/edgelet-http-workload/src/module/cert/server.rs',
      'EL/edgelet-http-workload/src/trust_bundle.rs',
    ],
  },
};

module.exports = { CHECKED, RELEASES, ROWS };
