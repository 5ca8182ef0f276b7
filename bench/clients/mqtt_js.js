'use strict';

// MQTT.js 5, used as azure-iot-device uses its older version: MQTT 3.1.1, session kept, no reconnection of its own.

const fs = require('node:fs');
const mqtt = require('mqtt');
const { job, host, body, topic, run, fail } = require('./workload');

const client = mqtt.connect({
  protocol: 'mqtts',
  host,
  port: job.port,
  ca: fs.readFileSync(job.ca),
  protocolVersion: 4,
  clientId: job.deviceId,
  username: 'bench',
  password: 'bench',
  clean: false,
  keepalive: 180,
  reconnectPeriod: 0,
});

client.on('error', fail);
client.once('connect', () => {
  run(
    (acknowledged) => client.publish(topic, body, { qos: 1 }, acknowledged),
    () => client.end(),
  );
});
