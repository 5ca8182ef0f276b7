'use strict';

// An app that takes reconnection into its own hands: no retries; on 'disconnect' it takes all listeners away, opens
// again, and listens again. Messages from the cloud must keep coming.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const { NoRetry } = require('azure-iot-common');
const { Mqtt } = require('azure-iot-device-mqtt');

const LOSSES = ['fin', 'rst', 'fin'];

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
client.setRetryPolicy(new NoRetry());
client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, connect);

function connect() {
  client.open((error, result) => {
    console.log('open', error, result.constructor.name);
    client.on('disconnect', onDisconnect);
    client.on('message', onMessage);
    client.on('error', (raised) => console.log('error', raised.name));
    const message = new Message(`${LOSSES.length} losses to come`);
    client.sendEvent(message, (sendError, sent) => {
      console.log('sendEvent', sendError, sent.constructor.name);
      process.send({ please: 'c2d', body: `${LOSSES.length}` });
    });
  });
}

function onMessage(message) {
  console.log('message', message.getData().toString());
  client.complete(message, (error, result) => {
    console.log('complete', error, result.constructor.name);
    // Once this is acknowledged the gateway has the acknowledgement of the message, too.
    client.sendEvent(new Message('understood'), () => {
      const how = LOSSES.shift();
      if (how) process.send({ please: 'cut', how });
      else client.close((closeError, closed) => console.log('close', closed.constructor.name));
    });
  });
}

function onDisconnect(result) {
  console.log('disconnect', result.constructor.name, result.transportObj instanceof Error, result.reason);
  client.removeAllListeners();
  connect();
}
