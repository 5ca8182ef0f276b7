// @ts-check
'use strict';

// A device on MQTT.js, without an SDK: MQTT or WebSocket.

const fs = require('node:fs');
const readline = require('node:readline');
const { createRequire } = require('node:module');

const { CLIENT_ID = '', GATEWAY, MQTT_USERNAME, MQTT_PASSWORD, CA_FILE = '' } = process.env;
const mqtt = createRequire(`${process.env.MODULES}/x.js`)('mqtt');

const NOTE = 'ä b&c=d/e?f+g#h%20';
const EVENTS = `devices/${CLIENT_ID}/messages/events/`;
const C2D = `devices/${CLIENT_ID}/messages/devicebound/`;
const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const METHODS = '$iothub/methods/POST/';
const RESPONSES = '$iothub/twin/res/';

/**
 * @param {string} event
 * @param {object} [facts]
 */
const tell = (event, facts) => console.log(JSON.stringify({ event, ...facts }));

/** @param {Record<string, unknown>} properties */
const bag = (properties) =>
  Object.entries(properties)
    .map((pair) => pair.map((each) => encodeURIComponent(String(each))).join('='))
    .join('&');

const url =
  process.argv[2] === 'websockets' ? `wss://${GATEWAY}:443/$iothub/websocket` : `mqtts://${GATEWAY}:8883`;
const client = mqtt.connect(url, {
  clientId: CLIENT_ID,
  username: MQTT_USERNAME,
  password: MQTT_PASSWORD,
  ca: fs.readFileSync(CA_FILE),
  wsOptions: { ca: fs.readFileSync(CA_FILE) },
  protocolVersion: 4,
  reconnectPeriod: 500,
});
client.on('error', (/** @type {Error} */ error) => console.error(error));
client.on('connect', async () => {
  await client.subscribeAsync([`${C2D}#`, `${DESIRED}#`, `${METHODS}#`, `${RESPONSES}#`], { qos: 1 });
  tell('connected');
});
client.on('message', (/** @type {string} */ topic, /** @type {Buffer} */ payload) => {
  const body = payload.toString();
  if (topic.startsWith(C2D)) {
    const pairs = topic
      .slice(C2D.length)
      .split('&')
      .map((pair) => pair.split('=').map(decodeURIComponent));
    tell('c2d', { body, properties: Object.fromEntries(pairs) });
  } else if (topic.startsWith(DESIRED)) tell('desired', { patch: JSON.parse(body) });
  else if (topic.startsWith(METHODS)) {
    const [name, query] = topic.slice(METHODS.length).split('/');
    const answer = JSON.stringify({ echo: JSON.parse(body) });
    client.publish(`$iothub/methods/res/207/${query}`, answer);
    tell('method', { name });
  } else if (body) tell('twin', { twin: JSON.parse(body) });
  else tell('reported', { status: Number(topic.slice(RESPONSES.length).split('/')[0]) });
});

/** @param {number} count */
async function send(count) {
  const all = Array.from({ length: count }, (_, n) => {
    const properties = bag({ '$.ct': 'application/json', '$.ce': 'utf-8', n, note: NOTE });
    return client.publishAsync(EVENTS + properties, JSON.stringify({ n }), { qos: 1 });
  });
  await Promise.all(all);
  tell('sent', { count });
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [command] = line.split(' ', 1);
  const argument = line.slice(command.length + 1);
  if (command === 'telemetry') await send(Number(argument));
  if (command === 'twin') client.publish('$iothub/twin/GET/?$rid=1', '');
  if (command === 'report') client.publish('$iothub/twin/PATCH/properties/reported/?$rid=2', argument);
  if (command === 'quit') {
    await client.endAsync();
    process.exit(0);
  }
});
