/**
 * A cooler under remote monitoring: it introduces itself, sends its readings, and obeys commands that come as messages:
 * `{"name": "SetTemperature", "parameters": {"temperature": 4}}`. Settings and command as in `typescript.ts`; Ctrl+C ends
 * it.
 */

import { connect } from 'edge-downstream';

interface Command {
  name: string;
  parameters: Record<string, unknown>;
}

const INTERVAL_MS = Number(process.env.STEP_MS ?? 5000);

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  const cooler = { temperature: 6, humidity: 50 };
  const commands = new Map<string, (parameters: Command['parameters']) => void>([
    ['SetTemperature', ({ temperature }) => void (cooler.temperature = Number(temperature))],
    ['SetHumidity', ({ humidity }) => void (cooler.humidity = Number(humidity))],
  ]);

  const send = (reading: object): void => {
    device.sendEvent(reading).catch((error: Error) => console.error(`Not sent: ${error.message}`));
  };
  send({ objectType: 'DeviceInfo', commands: [...commands.keys()] });
  const readings = setInterval(() => send(cooler), INTERVAL_MS);
  process.once('SIGINT', () => {
    clearInterval(readings);
    void device.close();
  });

  // Ends when the device is closed. A message is acknowledged when the next one is asked for.
  for await (const message of device.messages()) {
    const { name, parameters } = parsed(message.getBytes());
    const command = commands.get(name);
    command?.(parameters);
    console.log(command ? `${name} is done` : `There is no command ${name}`);
  }
}

/** Whatever the cloud sends must not end the device. */
function parsed(data: Buffer): Command {
  try {
    const { name, parameters = {} } = JSON.parse(data.toString());
    return { name, parameters };
  } catch {
    return { name: '', parameters: {} };
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
