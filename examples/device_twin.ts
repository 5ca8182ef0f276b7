/**
 * The twin of a device: it takes what is desired of it, and reports what it made of that. Settings and command as in
 * `typescript.ts`; Ctrl+C ends it.
 */

import { connect } from 'edge-downstream';

interface Desired {
  climate: { minTemperature: number; maxTemperature: number };
}
type Reported = Desired;

const DEFAULTS = { minTemperature: 15, maxTemperature: 30 };

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  process.once('SIGINT', () => void device.close());

  const twin = await device.twin<Desired, Reported>();
  // From here on no change is missed: what comes during a report waits.
  const changes = twin[Symbol.asyncIterator]();
  const report = async (): Promise<void> => {
    const climate = { ...DEFAULTS, ...twin.desired.climate };
    await twin.report({ climate });
    console.log(`Reported ${JSON.stringify(climate)}`);
  };
  await report();
  // Ends when the device is closed.
  for await (const change of changes) {
    console.log(`Version ${change.$version} is desired`);
    if (change.climate !== undefined) await report();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
