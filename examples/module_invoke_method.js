'use strict';

/**
 * A module that calls a method of a device, and one of another module, written for azure-iot-device. By HTTPS to the gateway:
 * nothing need be open. Settings and command as in `module.js`, and whom it calls:
 *
 *     node -r edge-downstream/register examples/module_invoke_method.js <device> [<device>/<module>]
 */

const { ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const [deviceId, otherModule] = process.argv.slice(2);
const call = {
  methodName: 'doSomethingInteresting',
  payload: { from: 'a module' },
  responseTimeoutInSeconds: 10,
  connectTimeoutInSeconds: 5,
};

ModuleClient.fromEnvironment(Mqtt, (error, client) => {
  if (error) throw error;
  client.invokeMethod(deviceId, call, (failure, result) => {
    tell(deviceId, failure, result);
    if (!otherModule) return;
    const [ofDevice, moduleId] = otherModule.split('/');
    client
      .invokeMethod(ofDevice, moduleId, call)
      .then((answer) => tell(otherModule, null, answer))
      .catch((refusal) => tell(otherModule, refusal));
  });
});

function tell(whose, error, result) {
  if (error) console.log(`${whose}: ${error.name}: ${error.message}`);
  else console.log(`${whose} answered ${result.status}: ${JSON.stringify(result.payload)}`);
}
