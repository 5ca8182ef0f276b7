'use strict';

const { connect } = require('edge-downstream');

async function main() {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
    cert: 'device.pem',
    key: 'device.key',
  });
  await device.sendEvent('by certificate');
  await device.close();
}
main();
