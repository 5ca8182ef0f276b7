/**
 * Direct methods: a door that the cloud can lock, and asks about. Settings and command as in `typescript.ts`; Ctrl+C ends it.
 */

import { connect } from 'edge-downstream';

interface Door {
  locked: boolean;
}

async function main(): Promise<void> {
  const device = await connect({
    connectionString: process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '',
    ca: process.env.PATH_TO_EDGE_CA_CERT,
  });
  process.once('SIGINT', () => void device.close());
  const door: Door = { locked: false };

  device.onMethod<Partial<Door> | null, Door>('lockDoor', (wanted, call) => {
    if (typeof wanted?.locked !== 'boolean') return call.reply(400, { message: 'locked is true or false' });
    door.locked = wanted.locked;
    console.log(door.locked ? 'Locked' : 'Unlocked');
    return door;
  });
  device.onMethod('getState', () => ({ ...door, uptimeSeconds: Math.round(process.uptime()) }));
  // Whoever calls something else is told at once, with status 501.
  device.onUnknownMethod();
  console.log('Connected');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
