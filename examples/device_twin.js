'use strict';

/**
 * The twin of a device, written for azure-iot-device: it takes what is desired of it, and reports what it made of that.
 *
 *     export IOTHUB_DEVICE_CONNECTION_STRING='HostName=…;DeviceId=…;SharedAccessKey=…;GatewayHostName=…'
 *     export PATH_TO_EDGE_CA_CERT=/path/to/root.pem
 *     node -r edge-downstream/register examples/device_twin.js
 *
 * Change the desired properties meanwhile: `{"climate": {"minTemperature": 18, "maxTemperature": 25}}`, or null for what
 * shall go. Ctrl+C ends it.
 */

const fs = require('node:fs');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const DEFAULTS = { minTemperature: 15, maxTemperature: 30 };

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
process.once('SIGINT', () => client.close());

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  if (error) throw error;
  client.getTwin((failed, twin) => {
    if (failed) throw failed;
    follow(twin);
  });
});

function follow(twin) {
  const climate = { ...DEFAULTS };

  // Parents are told before their children; null stands for what was deleted.
  twin.on('properties.desired', ({ $version }) => console.log(`Version ${$version} is desired`));
  for (const name of Object.keys(DEFAULTS)) {
    twin.on(`properties.desired.climate.${name}`, (value) => {
      climate[name] = value ?? DEFAULTS[name];
      console.log(`${name} is ${climate[name]}`);
    });
  }
  // The values have their places already when an event is told.
  twin.on('properties.desired.climate', () => setImmediate(report));
  report();

  function report() {
    twin.properties.reported.update({ climate }, (error) => {
      if (error) console.error(`Not reported: ${error.message}`);
      else console.log(`Reported ${JSON.stringify(twin.properties.reported.climate)}`);
    });
  }
}
