/**
 * A temperature controller that is plug and play, of the model `dtmi:com:example:TemperatureController;1`: what
 * `temperature_controller.js` is, with types. Settings and command as in `typescript.ts`; Ctrl+C ends it.
 */

import { connect } from 'edge-downstream';

const NAMES = ['thermostat1', 'thermostat2'] as const;
type Name = (typeof NAMES)[number];

type Desired = Record<Name, { targetTemperature: number }>;
interface Component {
  __t: 'c';
}
interface Reported extends Record<
  Name,
  Component & { targetTemperature: { value: number; ac: number; av: number } }
> {
  serialNumber: string;
  deviceInformation: Component & { manufacturer: string; model: string; swVersion: string };
}

const INTERVAL_MS = Number(process.env.STEP_MS ?? 10_000);

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
    modelId: 'dtmi:com:example:TemperatureController;1',
  });
  const thermostats: Record<Name, { target: number; seen: number[] }> = {
    thermostat1: { target: 20, seen: [] },
    thermostat2: { target: 22, seen: [] },
  };

  device.onMethod<number>('reboot', (seconds) => ({ seconds }));
  for (const name of NAMES) {
    device.onMethod(`${name}*getMaxMinReport`, (_payload, call) => {
      const { seen } = thermostats[name];
      if (seen.length === 0) return call.reply(404, { message: 'No readings yet' });
      return { maxTemp: Math.max(...seen), minTemp: Math.min(...seen) };
    });
  }

  const twin = await device.twin<Desired, Reported>();
  const changes = twin[Symbol.asyncIterator]();
  await twin.report({
    serialNumber: 'alpha-1',
    deviceInformation: { __t: 'c', manufacturer: 'Example', model: 'Controller', swVersion: '1.0' },
  });

  const measuring = setInterval(() => {
    for (const name of NAMES) {
      const { target, seen } = thermostats[name];
      const temperature = Math.round(10 * (target - 1 + 2 * Math.random())) / 10;
      seen.push(temperature);
      device
        .sendEvent({ temperature }, { properties: { '$.sub': name } })
        .catch((error: Error) => console.error(`Not sent: ${error.message}`));
    }
  }, INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(measuring);
    void device.close();
  });

  for await (const change of changes) {
    for (const name of NAMES) {
      const value = change[name]?.targetTemperature;
      if (typeof value !== 'number') continue;
      thermostats[name].target = value;
      console.log(`The target of ${name} is ${value}`);
      const acknowledged = { value, ac: 200, av: change.$version ?? 0 };
      await twin.report({ [name]: { __t: 'c', targetTemperature: acknowledged } });
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
