'use strict';

/**
 * The twin of a module, written for azure-iot-device: it reports each threshold that is desired of it. Settings and command as
 * in `module.js`; change the desired properties meanwhile: `{"threshold": 30}`.
 */

const { ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

ModuleClient.fromEnvironment(Mqtt, (error, client) => {
  if (error) throw error;
  process.once('SIGINT', () => client.close());
  client.open((failure) => {
    if (failure) throw failure;
    client.getTwin((refusal, twin) => {
      if (refusal) throw refusal;
      twin.on('properties.desired.threshold', (threshold) => report(twin, { threshold }));
      report(twin, { startedAt: new Date().toISOString() });
    });
  });
});

function report(twin, patch) {
  twin.properties.reported.update(patch, (error) =>
    console.log(error ? `Not reported: ${error.message}` : `Reported ${JSON.stringify(patch)}`),
  );
}
