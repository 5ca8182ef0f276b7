/**
 * A device written with `connect()`: sends five readings, and prints what the cloud sends meanwhile.
 *
 *     export IOTHUB_DEVICE_CONNECTION_STRING='HostName=…;DeviceId=…;SharedAccessKey=…;GatewayHostName=…'
 *     export PATH_TO_EDGE_CA_CERT=/path/to/root.pem     # not needed if the root is installed in the system
 *     node examples/telemetry.mjs
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'edge-downstream';

const READINGS = 5;

try {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING,
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  device.on('state', ({ state, reason }) => console.log(reason ? `${state}: ${reason.message}` : state));

  const printing = printMessages(device);
  for (let number = 1; number <= READINGS; number++) {
    const temperature = 20 + 10 * Math.random();
    const options = { properties: { tooWarm: temperature > 28 } };
    const { id, latencyMs } = await device.sendEvent({ number, temperature }, options);
    console.log(`Reading ${number} arrived after ${latencyMs.toFixed(1)} ms, as ${id}`);
    await sleep(200);
  }
  await device.close();
  await printing;
} catch (error) {
  console.error(error.message);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}

/** Ends when the device is closed. Each message is acknowledged when the next one is asked for. */
async function printMessages(device) {
  for await (const message of device.messages()) console.log(`From the cloud: ${message.data}`);
}
