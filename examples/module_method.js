'use strict';

/** A module whose method others call, written for azure-iot-device. Settings and command as in `module.js`. */

const { ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

ModuleClient.fromEnvironment(Mqtt, (error, client) => {
  if (error) throw error;
  process.once('SIGINT', () => client.close());
  // The first handler connects.
  client.onMethod('doSomethingInteresting', (request, response) => {
    console.log(`${request.methodName} was called with ${JSON.stringify(request.payload)}`);
    response.send(200, { received: request.payload }, (failure) =>
      console.log(failure ? `Nobody waits any more: ${failure.message}` : 'Answered'),
    );
  });
});
