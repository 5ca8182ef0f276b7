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
        title: `The gateway admitted device ${device}, closed the connection ${losses[0].afterMs} ms later, and did not admit it again`,
        explanation:
          'It is restarting (edgeHub does so for every new certificate), or the device was disabled or removed at this moment.',
        remedy: 'Try again in a minute.',
        command: 'sudo iotedge list',
        evidence,
      }),
    ];
  }
  return [
    finding('taken-over', {
      title: `Another client uses the id of device ${device}: the gateway closed the connection ${losses[0].afterMs} ms after it was made`,
      explanation: `A gateway keeps only the newest connection of a device${losses.length > 1 ? '; this happened twice in a row' : ''}. If your app is running while you read this, it is the other client, and all may be well.`,
      remedy:
        'Stop the app on this device and run the doctor again. If the finding stays, the same connection string is in use elsewhere.',
      evidence,
    }),
  ];
}

module.exports = { judgeStay };
