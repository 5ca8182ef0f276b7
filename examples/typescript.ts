/**
 * A device in TypeScript: one reading with a time limit, and an error told by class and code.
 *
 * With Node 22.18 or later `node examples/typescript.ts` runs it as it is, before that compile it with `tsc`. Settings
 * as in `telemetry.mjs`.
 */

import { connect, errors } from 'edge-downstream';
import type { Acknowledgement, Device } from 'edge-downstream';

interface Reading {
  temperature: number;
  takenAt: Date;
}

async function report(device: Device, reading: Reading): Promise<Acknowledgement> {
  return device.sendEvent(reading, { properties: { kind: 'reading' }, timeout: 30_000 });
}

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  try {
    const { latencyMs } = await report(device, { temperature: 21.5, takenAt: new Date() });
    console.log(`Arrived after ${latencyMs.toFixed(1)} ms`);
  } finally {
    await device.close();
  }
}

main().catch((error: unknown) => {
  const refused = error instanceof errors.UnauthorizedError;
  console.error(refused ? `${error.message}\n${error.hint}` : error);
  process.exitCode = 1;
});
