// @ts-check
'use strict';

// MQTT.js 5, and the property bag of the topic decoded as an app has to.

const fs = require('node:fs');
const mqtt = require('mqtt');
const { job, take } = require('./measure');

const prefix = 'devices/bench/messages/devicebound/';
const client = mqtt.connect({
  protocol: 'mqtts',
  host: 'localhost',
  port: job.port,
  ca: fs.readFileSync(job.ca),
  protocolVersion: 4,
  clientId: 'bench',
  username: 'bench',
  password: 'bench',
  clean: false,
  keepalive: 180,
  reconnectPeriod: 0,
});
client.on('connect', () => client.subscribe(`${prefix}#`, { qos: 1 }));
client.on('message', (/** @type {string} */ topic, /** @type {Buffer} */ payload) => {
  /** @type {Record<string, string>} */
  const properties = {};
  for (const pair of topic.slice(prefix.length).split('&')) {
    const at = pair.indexOf('=');
    properties[decodeURIComponent(pair.slice(0, at))] = decodeURIComponent(pair.slice(at + 1));
  }
  take(properties['$.mid'], properties.unit, payload.length);
});
