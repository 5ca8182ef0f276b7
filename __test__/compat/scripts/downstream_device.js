'use strict';

// The life of a downstream device as most apps have it: options and open by callback, listeners, telemetry by callback,
// a message from the cloud that is completed, the end.

const fs = require('fs');
const { Client, Message } = require('azure-iot-device');
const Protocol = require('azure-iot-device-mqtt').Mqtt;

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Protocol);
client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error, configured) => {
  console.log('setOptions', error, configured);
  client.open((openError, result) => {
    console.log('open', openError, result.constructor.name);
    client.on('error', (raised) => console.log('error', raised.message));
    client.on('disconnect', () => console.log('disconnect'));
    client.on('message', onMessage);
    send(1);
  });
});

function send(number) {
  const message = new Message(JSON.stringify({ number, temperature: 20 + number }));
  message.properties.add('temperatureAlert', number > 2 ? 'true' : 'false');
  client.sendEvent(message, (error, result) => {
    console.log('sendEvent', number, error, result.constructor.name);
    if (number < 3) send(number + 1);
    else process.send({ please: 'c2d', body: 'set the interval', properties: { interval: '5' } });
  });
}

function onMessage(message) {
  console.log('message', message.messageId, message.data.toString(), 'Body: ' + message.data);
  console.log(message.properties.count(), message.properties.getItem(0), message.properties.getValue('interval'));
  client.complete(message, (error, result) => {
    console.log('complete', error, result.constructor.name);
    client.close((closeError, closed) => {
      console.log('close', Boolean(closeError), closed.constructor.name);
    });
  });
}
