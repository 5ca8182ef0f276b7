// @ts-check
'use strict';

// The same file for the original and for edge-downstream: there it runs under `node -r edge-downstream/register`.

const fs = require('node:fs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { job, host, body, property, run, fail } = require('./workload');

const key = Buffer.alloc(32, 1).toString('base64');
const client = Client.fromConnectionString(
  `HostName=bench.azure-devices.net;DeviceId=${job.deviceId};SharedAccessKey=${key};GatewayHostName=${host}${job.webSocket ? '' : `:${job.port}`}`,
  job.webSocket ? MqttWs : Mqtt,
);
// The original knows no port but 443 with WebSockets; the agent leads elsewhere.
const mqtt = job.webSocket && { webSocketAgent: new (require('node:https').Agent)({ port: job.port }) };

client.setOptions({ ca: fs.readFileSync(job.ca, 'utf-8'), ...(mqtt && { mqtt }) }, (refused) => {
  if (refused) return fail(refused);
  client.open((error) => {
    if (error) return fail(error);
    run(
      (acknowledged) => {
        const message = new Message(body);
        message.properties.add(property.name, property.value);
        client.sendEvent(message, acknowledged);
      },
      () => client.close(),
    );
  });
});
