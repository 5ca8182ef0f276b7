// @ts-check
'use strict';

// A device or module on azure-iot-device for Node.js, as the samples of the SDK are: mqtt or websockets, key or x509.

const fs = require('node:fs');
const readline = require('node:readline');
const { Client, Message, ModuleClient } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');

const { CA_FILE = '', CERT_FILE = '', KEY_FILE = '', CONNECTION_STRING = '' } = process.env;
const NOTE = 'ä b&c=d/e?f+g#h%20';
const [kind, protocol] = process.argv.slice(2);

/**
 * @param {string} event
 * @param {object} [facts]
 */
const tell = (event, facts) => console.log(JSON.stringify({ event, ...facts }));

async function main() {
  const transport = protocol === 'websockets' ? MqttWs : Mqtt;
  const ca = fs.readFileSync(CA_FILE, 'utf8');
  /** @type {any} */
  let client;
  if (kind === 'module') client = await ModuleClient.fromEnvironment(transport);
  else {
    client = Client.fromConnectionString(CONNECTION_STRING, transport);
    const x509 = { cert: fs.readFileSync(CERT_FILE, 'utf8'), key: fs.readFileSync(KEY_FILE, 'utf8') };
    await client.setOptions(kind === 'x509' ? { ca, ...x509 } : { ca });
  }
  client.on('error', (/** @type {Error} */ error) => console.error(error));
  const take = (/** @type {any} */ message, /** @type {string} */ input) => {
    const pairs = message.properties.propertyList.map((/** @type {any} */ { key, value }) => [key, value]);
    tell('c2d', { body: message.getData().toString(), properties: Object.fromEntries(pairs), input });
    client.complete(message, () => {});
  };
  if (kind === 'module')
    client.on('inputMessage', (/** @type {any} */ input, /** @type {any} */ message) => take(message, input));
  else client.on('message', take);
  const onMethod = (/** @type {any} */ request, /** @type {any} */ response) => {
    response.send(207, { echo: request.payload }, () => tell('method', { name: request.methodName }));
  };
  if (kind === 'module') client.onMethod('reboot', onMethod);
  else client.onDeviceMethod('reboot', onMethod);
  await client.open();
  const twin = await client.getTwin();
  twin.on('properties.desired', (/** @type {any} */ delta) => tell('desired', { patch: delta }));
  tell('connected');
  serve(client, twin);
}

/**
 * @param {any} client
 * @param {any} twin
 */
function serve(client, twin) {
  readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    const [command] = line.split(' ', 1);
    const argument = line.slice(command.length + 1);
    if (command === 'telemetry') await send(client, Number(argument));
    if (command === 'twin') {
      await twin.get();
      const { desired, reported } = JSON.parse(JSON.stringify(twin.properties));
      tell('twin', { twin: { desired, reported } });
    }
    if (command === 'report') {
      twin.properties.reported.update(JSON.parse(argument), (/** @type {Error | undefined} */ error) => {
        if (error) console.error(error);
        tell('reported', { status: error ? 400 : 204 });
      });
    }
    if (command === 'quit') {
      await client.close();
      process.exit(0);
    }
  });
}

/**
 * @param {any} client
 * @param {number} count
 */
async function send(client, count) {
  const all = Array.from({ length: count }, (_, n) => {
    const message = new Message(JSON.stringify({ n }));
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('note', NOTE);
    message.properties.add('n', String(n));
    return kind === 'module' ? client.sendOutputEvent('output1', message) : client.sendEvent(message);
  });
  await Promise.all(all);
  tell('sent', { count });
}

main();
