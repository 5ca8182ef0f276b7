'use strict';

/**
 * A module, written for azure-iot-device: what comes to its input `input1` goes on by its output `output1`.
 *
 * IoT Edge sets what it needs in its environment. Elsewhere:
 *
 *     export EdgeHubConnectionString='HostName=…;DeviceId=…;ModuleId=…;SharedAccessKey=…;GatewayHostName=…'
 *     export EdgeModuleCACertificateFile=/path/to/root.pem
 *     node -r edge-downstream/register examples/module.js
 *
 * Routes of the gateway lead there and on:
 * `FROM /messages/* INTO BrokeredEndpoint("/modules/<module>/inputs/input1")`. Ctrl+C ends it.
 */

const { Message, ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

ModuleClient.fromEnvironment(Mqtt, (error, client) => {
  if (error) throw error;
  process.once('SIGINT', () => client.close());
  client.on('error', (failure) => console.error(failure.message));
  client.open((failure) => {
    if (failure) throw failure;
    console.log('Connected');
    client.on('inputMessage', (input, message) => pipe(client, input, message));
  });
});

function pipe(client, input, message) {
  client.complete(message, () => {});
  if (input !== 'input1') return;
  const text = message.getBytes().toString();
  if (!text) return;
  const onward = new Message(text);
  for (const { key, value } of message.properties.propertyList) onward.properties.add(key, value);
  client.sendOutputEvent('output1', onward, (error) =>
    console.log(error ? `Not sent: ${error.message}` : `Sent on: ${text}`),
  );
}
