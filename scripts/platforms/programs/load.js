'use strict';

// Every entry of the package, then what it runs on.
for (const entry of ['', '/azure-iot-device', '/azure-iot-device-mqtt', '/azure-iot-common']) {
  require(`edge-downstream${entry}`);
}
console.log(process.version);
