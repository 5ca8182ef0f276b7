'use strict';

const { connect, MqttWs } = require('edge-downstream');

async function main() {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
    transport: MqttWs,
  });
  await device.sendEvent('over WebSocket');
  await device.close();
}
main();
