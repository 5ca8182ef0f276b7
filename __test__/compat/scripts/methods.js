'use strict';

// Direct methods: payloads and statuses, forms of the answer, handlers that fail, a loss, and a method that nobody has.

const fs = require('fs');
const { Client, DeviceMethodRequest, DeviceMethodResponse } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);

const CALLS = [
  { name: 'echo', payload: { a: [1, { b: null }], ü: '漢' } },
  { name: 'echo', payload: 'text' },
  { name: 'echo', payload: 0 },
  { name: 'echo', payload: null },
  { name: 'thermostat1*getMaxMinReport', payload: [] },
  { name: 'promised', payload: 1 },
  { name: 'twice', payload: 1 },
  { name: 'cut', payload: 1 },
  { name: 'echo', payload: 'after a loss' },
  { name: 'nobody', payload: 1, responseTimeoutMs: 300 },
];

client.on('error', (error) => console.log('error', error.name));
client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, () => {
  client.onDeviceMethod('echo', (request, response) => {
    console.log(request instanceof DeviceMethodRequest, response instanceof DeviceMethodResponse);
    console.log(request.methodName, JSON.stringify(request.payload), typeof request.requestId);
    console.log(response.requestId === request.requestId, response.isResponseComplete, response.status);
    response.send(201, request.payload, (error) => console.log('answered', error || null, response.isResponseComplete));
  });
  client.onDeviceMethod('thermostat1*getMaxMinReport', (request, response) => {
    response.send(200, () => console.log('answered without a payload'));
  });
  client.onDeviceMethod('promised', async (request, response) => {
    console.log('promised', await response.send(202, { done: true }));
  });
  client.onDeviceMethod('twice', (request, response) => {
    response.send(200, 'first', () => {});
    try {
      response.send(500, 'second', () => {});
    } catch (error) {
      console.log('twice', error.name);
    }
  });
  client.onDeviceMethod('cut', (request, response) => {
    response.send(200, null, () => setTimeout(() => process.send({ please: 'cut' }), 50));
  });
  try {
    client.onDeviceMethod('echo', () => {});
  } catch (error) {
    console.log('taken', error.name);
  }
  process.send({ please: 'method', ...CALLS[0] });
});

/** What the cloud got; shown at the end, as it comes by another way than the app's own events. */
const answers = [];
process.on('message', ({ name, status, payload }) => {
  answers.push([name, status, JSON.stringify(payload)]);
  if (answers.length === CALLS.length) {
    client.close((error, result) => {
      console.log(answers);
      console.log(result.constructor.name);
      process.disconnect();
    });
    return;
  }
  setTimeout(() => process.send({ please: 'method', ...CALLS[answers.length] }), name === 'cut' ? 1500 : 0);
});
