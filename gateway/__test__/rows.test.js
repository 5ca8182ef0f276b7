// @ts-check
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

/**
 * Where each row of the contract (edge-gateway.md §11.1) was read. EH stands for
 * edge-hub/core/src/Microsoft.Azure.Devices.Edge.Hub of Azure/iotedge, EU for its edge-util, edgelet for its edgelet; PG
 * for src/ProtocolGateway.Core of Azure/azure-iot-protocol-gateway, DN for src of Azure/DotNetty.
 */
const SOURCES = {
  T1: ['EH.Mqtt/MqttProtocolHead.cs', 'edgelet/edgelet-http-workload/src/module/cert/server.rs'],
  T2: ['PG/Mqtt/MqttAdapter.cs'],
  T3: ['DN/DotNetty.Handlers/Tls/TlsHandler.cs'],
  C1: ['DN/DotNetty.Codecs.Mqtt/MqttDecoder.cs', 'PG/Mqtt/MqttAdapter.cs'],
  C2: ['DN/DotNetty.Codecs.Mqtt/MqttDecoder.cs', 'PG/Mqtt/MqttAdapter.cs'],
  C3: ['EH.Mqtt/MqttUsernameParser.cs'],
  C4: ['EH.Mqtt/DeviceIdentityProvider.cs'],
  C5: ['EH.Mqtt/DeviceIdentityProvider.cs'],
  C6: [
    'EU/SharedAccessSignature*.cs',
    'EU/CertificateHelper.cs',
    'EH.CloudProxy/authenticators/DeviceScopeTokenAuthenticator.cs',
    'EH.CloudProxy/authenticators/DeviceScopeCertificateAuthenticator.cs',
  ],
  C7: ['EH.Core/DeviceScopeAuthenticator.cs', 'EH.Core/DeviceScopeIdentitiesCache.cs'],
  C8: ['EH.Mqtt/SessionState*.cs'],
  C9: ['EH.Core/ConnectionManager.cs', 'EH.Core/MultipleConnectionsException.cs'],
  C10: ['EH.Core/ConnectionManager.cs', 'EH.Mqtt/SessionStatePersistenceProvider.cs'],
  C11: ['PG/Mqtt/MqttAdapter.cs'],
  K1: ['PG/Mqtt/MqttAdapter.cs'],
  K2: ['PG/Mqtt/MqttAdapter.cs'],
  S1: ['PG/Mqtt/Util.cs', 'EH.Mqtt/SessionStateParser.cs'],
  S2: ['PG/Mqtt/Util.cs', 'EH.Mqtt/SessionStateParser.cs'],
  S3: ['EH.CloudProxy/CloudProxy.cs', 'EH.Core/ConnectionManager.cs'],
  P1: ['EH.Mqtt/MessageAddressConverter.cs', 'EH.Core/SystemProperties.cs'],
  P2: ['PG/Mqtt/MqttAdapter.cs'],
  P3: ['EH.Mqtt/MessageAddressConverter.cs', 'EH.Core/routing/RoutingMessageConverter.cs'],
  P4: ['DN/DotNetty.Codecs.Mqtt/MqttDecoder.cs'],
  P5: ['EH.Core/twin/StoringTwinManager.cs'],
  P6: ['EH.Mqtt/TwinAddressHelper.cs'],
  P7: ['EH.Core/twin/ReportedPropertiesValidator.cs', 'EH.Core/device/DeviceMessageHandler.cs'],
  P8: ['EH.Core/device/DeviceMessageHandler.cs'],
  P9: ['PG/Mqtt/MqttAdapter.cs'],
  P10: ['PG/Mqtt/MqttAdapter.cs'],
  P11: ['PG/Mqtt/MqttAdapter.cs'],
  P12: ['EH.Mqtt/MessagingServiceClient.cs'],
  D1: ['PG/Mqtt/Util.cs', 'EH.CloudProxy/DeviceClientMessageConverter.cs'],
  D2: ['EH.Core/InvokeMethodHandler.cs'],
  D3: ['EH.Core/twin/StoringTwinManager.cs'],
  D4: ['EH.Core/ConnectionReauthenticator.cs'],
  D5: ['EH.Core/ConnectionReauthenticator.cs'],
  W2: [
    'EH.Http/controllers/TwinsController.cs',
    'EH.Http/MethodRequest.cs',
    'EH.Http/MethodRequestValidator.cs',
  ],
  W1: ['EH.Http/middleware/WebSocketHandlingMiddleware.cs', 'EH.Mqtt/MqttWebSocketListener.cs'],
};

test('every row has a test that is named after it', () => {
  const texts = fs
    .readdirSync(__dirname)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => fs.readFileSync(path.join(__dirname, name), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/\btest\(['`"]([TCKSPDW]\d+)\b/g)]);
  const tested = new Set(names.map(([, row]) => row));
  const rows = Object.keys(SOURCES);
  assert.deepStrictEqual(
    rows.filter((row) => !tested.has(row)),
    [],
  );
  assert.deepStrictEqual(
    [...tested].filter((row) => !rows.includes(row)),
    [],
  );
});
