/**
 * A thermostat that is plug and play, of the model `dtmi:com:example:Thermostat;1`: what `thermostat.js` is, with types.
 * Settings and command as in `typescript.ts`; Ctrl+C ends it.
 */

import { connect } from 'edge-downstream';
import type { Device, DeviceTwin } from 'edge-downstream';

interface Desired {
  targetTemperature: number;
}
/** How a writable property is acknowledged: value, status, the version it belongs to, a description. */
interface Acknowledged<T> {
  value: T;
  ac: number;
  av: number;
  ad?: string;
}
interface Reported {
  targetTemperature: Acknowledged<number>;
  maxTempSinceLastReboot: number;
}

const INTERVAL_MS = Number(process.env.STEP_MS ?? 10_000);

/** Readings with their times, the latest last. */
const readings: { temperature: number; at: Date }[] = [];
let target = 20;

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
    modelId: 'dtmi:com:example:Thermostat;1',
  });
  device.onMethod<string | null>('getMaxMinReport', (since, call) => {
    const counted = readings.filter(({ at }) => !(at < new Date(since ?? 0)));
    const temperatures = counted.map(({ temperature }) => temperature);
    if (temperatures.length === 0) return call.reply(404, { message: 'No readings yet' });
    return {
      maxTemp: Math.max(...temperatures),
      minTemp: Math.min(...temperatures),
      avgTemp: temperatures.reduce((sum, each) => sum + each, 0) / temperatures.length,
      startTime: counted[0].at,
      endTime: counted[counted.length - 1].at,
    };
  });

  const twin = await device.twin<Desired, Reported>();
  const measuring = setInterval(() => {
    measure(device, twin).catch((error: unknown) => console.error(error));
  }, INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(measuring);
    void device.close();
  });
  // What was desired before this program ran is acknowledged, too.
  const changes = twin[Symbol.asyncIterator]();
  await acknowledge(twin, twin.desired.targetTemperature, twin.desired.$version);
  for await (const { targetTemperature, $version } of changes) {
    await acknowledge(twin, targetTemperature ?? undefined, $version);
  }
}

async function acknowledge(
  twin: DeviceTwin<Desired, Reported>,
  value: number | undefined,
  version = 0,
): Promise<void> {
  if (value === undefined) return;
  target = value;
  console.log(`The target is ${target}`);
  await twin.report({ targetTemperature: { value, ac: 200, av: version, ad: 'is the target now' } });
}

async function measure(device: Device, twin: DeviceTwin<Desired, Reported>): Promise<void> {
  const before = Math.max(...readings.map(({ temperature }) => temperature));
  const temperature = Math.round(10 * (target - 1 + 2 * Math.random())) / 10;
  readings.push({ temperature, at: new Date() });
  await device.sendEvent({ temperature });
  if (temperature > before) await twin.report({ maxTempSinceLastReboot: temperature });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
