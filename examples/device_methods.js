'use strict';

/**
 * Direct methods, written for azure-iot-device: a door that the cloud can lock, and asks about. Settings and command as in
 * `device_twin.js`.
 */

const fs = require('node:fs');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
process.once('SIGINT', () => client.close());
let locked = false;

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  if (error) throw error;
  // The first handler connects.
  client.onDeviceMethod('lockDoor', onLockDoor);
  client.onDeviceMethod('getState', onGetState);
  client.on('connect', () => console.log('Connected'));
});

/** Answers once the caller's wish is done; `payload` is what the caller gave. */
function onLockDoor({ payload }, response) {
  if (typeof payload?.locked !== 'boolean') {
    response.send(400, { message: 'locked is true or false' }, done('lockDoor'));
    return;
  }
  locked = payload.locked;
  console.log(locked ? 'Locked' : 'Unlocked');
  response.send(200, { locked }, done('lockDoor'));
}

function onGetState(_request, response) {
  response.send(200, { locked, uptimeSeconds: Math.round(process.uptime()) }, done('getState'));
}

function done(method) {
  return (error) => console.log(error ? `${method}: nobody waits any more` : `${method} was answered`);
}
