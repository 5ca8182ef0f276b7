// @ts-check
'use strict';

const { finding } = require('../causes');

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeStay({ stay, connectionString }) {
  const { losses, again } = /** @type {import('../../..').StayFacts} */ (stay);
  if (losses.length === 0) return [];
  const device = connectionString?.deviceId;
  const evidence = { losses: losses.map(({ afterMs, kind }) => `${kind} after ${afterMs} ms`), again };
  if (again !== 'accepted') {
    return [
      finding('gateway-restarts', {
        title: `The gateway admitted device ${device}, ${ended(losses)}, and did not admit it again`,
        explanation:
          'Most likely it is restarting, as edgeHub does for every new certificate; or the device was disabled or removed at this moment.',
        remedy: 'Try again in a minute. If it stays so, look at what edgeHub logs.',
        command: 'sudo iotedge list',
        evidence,
      }),
    ];
  }
  const twice = losses.length > 1 ? ', twice in a row' : '';
  if (losses.some(({ kind }) => kind === 'reset') || losses.every(({ afterMs }) => afterMs <= AT_ONCE_MS)) {
    return [
      finding('closed-after-connack', {
        title: `The gateway admitted device ${device} and ${ended(losses)}${twice}`,
        explanation:
          'Likely, in this order: another client with the same id, which comes back as fast; a firewall or proxy that cuts what it does not know; edgeHub, breaking off inside.',
        remedy:
          'Stop every other app with this connection string and run the doctor again; then see what edgeHub logs at that time.',
        command: 'sudo iotedge logs edgeHub --tail 50',
        evidence,
      }),
    ];
  }
  return [
    finding('taken-over', {
      title: `The gateway admitted device ${device} and ${ended(losses)}${twice}: another client probably uses its id`,
      explanation:
        'A gateway keeps only the newest connection of a device. If your app is running while you read this, it is the other client, and all may be well.',
      remedy:
        'Stop the app on this device and run the doctor again. If the finding stays, the same connection string is in use elsewhere.',
      evidence,
    }),
  ];
}

/** Sooner than another client notices that it was sent away, and is back. */
const AT_ONCE_MS = 100;

/** @param {{ afterMs: number, kind: string }[]} losses */
function ended([{ afterMs, kind }]) {
  return `${kind === 'reset' ? 'reset' : 'closed'} the connection ${afterMs} ms later`;
}

module.exports = { judgeStay };
