'use strict';

/**
 * A device that the cloud reboots: it answers the method at once, and reports how far it is. Written for azure-iot-device;
 * settings and command as in `device_twin.js`.
 */

const fs = require('node:fs');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

/** How long this one takes for it. */
const REBOOT_MS = Number(process.env.STEP_MS ?? 5000);

const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
process.once('SIGINT', () => client.close());

client.setOptions({ ca: fs.readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') }, (error) => {
  if (error) throw error;
  client.onDeviceMethod('reboot', onReboot);
});

function onReboot(_request, response) {
  // The caller need not wait for the whole of it.
  response.send(202, 'Rebooting', (error) => {
    if (error) console.error(`The caller does not know: ${error.message}`);
  });
  report({ status: 'rebooting', startedAt: new Date().toISOString(), finishedAt: null });
  setTimeout(() => report({ status: 'running', finishedAt: new Date().toISOString() }), REBOOT_MS);
}

function report(reboot) {
  client.getTwin((error, twin) => {
    if (error) console.error(`No twin: ${error.message}`);
    else
      twin.properties.reported.update({ reboot }, (failed) => console.log(failed?.message ?? reboot.status));
  });
}
