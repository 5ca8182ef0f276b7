/**
 * A device that the cloud reboots, and whose firmware it updates: both are answered at once, and reported step by step.
 * Settings and command as in `typescript.ts`; Ctrl+C ends it. This device has nothing to flash: each step takes a moment.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'edge-downstream';

interface Firmware {
  url: string;
  version: string;
}
interface Reported {
  reboot: { status: string; finishedAt: string };
  firmware: { status: string; version: string; reason: string; finishedAt: string };
}

const STEP_MS = Number(process.env.STEP_MS ?? 2000);

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  process.once('SIGINT', () => void device.close());
  const twin = await device.twin<unknown, Reported>();
  /** One thing at a time. */
  let busy = false;

  const work = (steps: () => Promise<void>): void => {
    busy = true;
    steps()
      .catch((error: unknown) => console.error(error))
      .finally(() => (busy = false));
  };

  device.onMethod('reboot', (_payload, call) => {
    if (busy) return call.reply(409, 'Something else is under way');
    work(async () => {
      await twin.report({ reboot: { status: 'rebooting', finishedAt: null } });
      await sleep(STEP_MS);
      await twin.report({ reboot: { status: 'running', finishedAt: new Date().toISOString() } });
      console.log('Rebooted');
    });
    return call.reply(202, 'Rebooting');
  });

  device.onMethod<Firmware>('firmwareUpdate', ({ url, version }, call) => {
    if (busy) return call.reply(409, 'Something else is under way');
    if (!url.startsWith('https://')) return call.reply(400, 'url begins with https://');
    work(async () => {
      await twin.report({ firmware: { status: 'downloading', version, reason: null, finishedAt: null } });
      await sleep(STEP_MS);
      await twin.report({ firmware: { status: 'applying' } });
      await sleep(STEP_MS);
      await twin.report({ firmware: { status: 'current', finishedAt: new Date().toISOString() } });
      console.log(`Firmware ${version}`);
    });
    return call.reply(202, { version });
  });
  console.log('Connected');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
