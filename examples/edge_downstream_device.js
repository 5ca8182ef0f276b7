'use strict';

/**
 * A device behind an IoT Edge gateway, written for azure-iot-device: it runs on the original packages, and unchanged
 * on this one:
 *
 *     export IOTHUB_DEVICE_CONNECTION_STRING='HostName=…;DeviceId=…;SharedAccessKey=…;GatewayHostName=…'
 *     export PATH_TO_EDGE_CA_CERT=/path/to/azure-iot-test-only.root.ca.cert.pem
 *     node -r edge-downstream/register examples/edge_downstream_device.js --messages 10 --interval 500
 *
 * It sends so many messages, at that pace, prints what the cloud sends meanwhile, and closes when all are acknowledged.
 * With `--wait-for-c2d` it stays until a message came from the cloud, too. Exit code 0: all went well, 1: it could not
 * connect at first, 2: a setting is wrong.
 */

const fs = require('node:fs');
const { parseArgs } = require('node:util');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const RECONNECT_DELAY_MS = 1000;

const settings = readSettings();
const client = Client.fromConnectionString(settings.connectionString, Mqtt);

/** Numbers of the messages still to be sent; one that failed comes back here. */
const outbox = Array.from({ length: settings.messages }, (_, index) => index + 1);
let acknowledged = 0;
let received = 0;
let connectedBefore = false;
let closing = false;
let pace;

client.setOptions({ ca: settings.ca }, (error) => {
  if (error) quit('The options were refused', error);
  else connect();
});
process.once('SIGINT', close);

function connect() {
  client.open((error) => {
    if (closing) return;
    if (!error) start();
    else if (connectedBefore) reconnectLater(error);
    else quit('Cannot connect', error);
  });
}

function start() {
  connectedBefore = true;
  console.log('Connected');
  client.on('message', onMessage);
  client.on('error', (error) => console.error(`Error: ${error.message}`));
  client.on('disconnect', onDisconnect);
  pace = setInterval(sendNext, settings.interval);
  sendNext();
}

function sendNext() {
  const number = outbox.shift();
  if (number === undefined) return;
  const temperature = 20 + 10 * Math.random();
  const message = new Message(JSON.stringify({ number, temperature: Number(temperature.toFixed(1)) }));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('tooWarm', temperature > 28 ? 'yes' : 'no');

  client.sendEvent(message, (error, result) => {
    if (error) {
      console.error(`Message ${number} will be sent again: ${error.message}`);
      outbox.push(number);
      return;
    }
    acknowledged += 1;
    console.log(`Message ${number}: ${result.constructor.name}`);
    closeWhenDone();
  });
}

function onMessage(message) {
  const properties = message.properties.propertyList.map(({ key, value }) => `${key}=${value}`).join(', ');
  console.log(`From the cloud: ${message.getData()}${properties && ` (${properties})`}`);
  client.complete(message, (error, result) => {
    console.log(error ? `Not completed: ${error.message}` : result.constructor.name);
    received += 1;
    closeWhenDone();
  });
}

function onDisconnect() {
  clearInterval(pace);
  client.removeAllListeners();
  console.log('Disconnected, connecting again');
  connect();
}

function reconnectLater(error) {
  console.error(`No connection yet: ${error.message}`);
  setTimeout(connect, RECONNECT_DELAY_MS);
}

function closeWhenDone() {
  if (acknowledged === settings.messages && (received > 0 || !settings.waitForC2d)) close();
}

function close() {
  if (closing) return;
  closing = true;
  clearInterval(pace);
  client.close((error) => console.log(error ? `Not closed: ${error.message}` : 'Closed'));
}

function readSettings() {
  const { IOTHUB_DEVICE_CONNECTION_STRING: connectionString, PATH_TO_EDGE_CA_CERT: path } = process.env;
  if (!connectionString)
    refuse('IOTHUB_DEVICE_CONNECTION_STRING is not set: the connection string of the device');
  if (!path) refuse('PATH_TO_EDGE_CA_CERT is not set: the path of the root certificate of the gateway');
  try {
    const { values } = parseArgs({
      options: {
        messages: { type: 'string', default: '5' },
        interval: { type: 'string', default: '1000' },
        'wait-for-c2d': { type: 'boolean', default: false },
      },
    });
    return {
      connectionString,
      ca: fs.readFileSync(path, 'utf-8'),
      messages: wholeNumber('--messages', values.messages, 1),
      interval: wholeNumber('--interval', values.interval, 0),
      waitForC2d: values['wait-for-c2d'],
    };
  } catch (error) {
    return refuse(error.message);
  }
}

function wholeNumber(option, text, least) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= 2 ** 31 - 1) return number;
  throw new RangeError(`${option} is '${text}', not a whole number from ${least} on`);
}

function refuse(fault) {
  console.error(fault);
  console.error('Options: --messages <count> --interval <milliseconds> --wait-for-c2d');
  process.exit(2);
}

function quit(what, error) {
  console.error(`${what}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}
