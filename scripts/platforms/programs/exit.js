'use strict';

const { connect } = require('edge-downstream');

/** Ends itself while it is connected. */
async function main() {
  await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  process.exit(7);
}
main();
