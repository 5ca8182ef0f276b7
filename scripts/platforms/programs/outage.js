'use strict';

const { connect } = require('edge-downstream');

/** Sends so many messages at once, and tells how many were acknowledged: the gateway goes away in between. */
async function main() {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  const numbers = Array.from({ length: Number(process.env.MESSAGES) }, (_, index) => index);
  const sent = await Promise.all(numbers.map((number) => device.sendEvent({ number })));
  await device.close();
  console.log(sent.length);
}
main();
