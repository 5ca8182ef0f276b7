'use strict';

// The twin: fetched twice, desired properties by path, listeners that come late, reported properties, after a loss.

const fs = require('fs');
const { Client, Twin } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
const PATHS = ['', '.lamp', '.lamp.colour', '.lamp.on', '.interval', '.list', '.list.0', '.$version', '.nothing'];

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, () => {
  process.send({ please: 'desired', patch: { interval: 5, lamp: { colour: 'red', on: true }, list: [7] } });
  client.getTwin((error, twin) => {
    console.log(error, twin instanceof Twin, Twin.errorEvent, Twin.desiredPath);
    console.log(JSON.stringify(twin.properties.desired), JSON.stringify(twin.properties.reported));
    PATHS.forEach((path) => twin.on('properties.desired' + path, (value) => console.log(path, JSON.stringify(value))));
    twin.once('properties.desired.lamp.off', (value) => console.log('once', value));
    setImmediate(report, twin);
  });
});

function report(twin) {
  const { reported } = twin.properties;
  reported.update({ firmware: '1.0', battery: { percent: 80, low: false }, list: [1] }, (error) => {
    console.log('reported', error || null, JSON.stringify(twin.properties.reported.battery));
    reported.update({ firmware: null, battery: { percent: 79 } }, (second) => {
      console.log('reported', second || null, JSON.stringify(twin.properties.reported.battery));
      console.log('firmware' in twin.properties.reported, typeof twin.properties.reported.update);
      change(twin);
    });
  });
}

function change(twin) {
  twin.on('properties.desired.fresh', () => setImmediate(again, twin));
  process.send({ please: 'desired', patch: { lamp: { colour: null, on: false }, interval: 6, fresh: 0 } });
}

function again(twin) {
  console.log(JSON.stringify(twin.properties.desired));
  [...PATHS, '.fresh'].forEach((path) => twin.removeAllListeners('properties.desired' + path));
  client.getTwin((error, same) => {
    const { lamp, interval, list, fresh, $version } = same.properties.desired;
    console.log(error, same === twin, JSON.stringify({ lamp, interval, list, fresh, $version }));
    client.close((closeError, result) => console.log(result.constructor.name));
  });
}
