// @ts-check
'use strict';

const { finding } = require('../causes');

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeSend({ send, connectionString }) {
  const { outcome, ms } = /** @type {import('../../..').SendFacts} */ (send);
  if (outcome === 'acknowledged') return [];
  const device = connectionString?.deviceId;
  if (outcome === 'lost') {
    return [
      finding('send-lost', {
        title: `The gateway closed the connection when device ${device} sent a message: its disk is probably full`,
        explanation:
          'edgeHub does that when it cannot store the message: most likely there is no space left; else its store is damaged.',
        remedy: 'Look at what edgeHub logs, and at the disk of the gateway.',
        command: 'sudo iotedge logs edgeHub --tail 50; df -h',
        evidence: { outcome, ms },
      }),
    ];
  }
  return [
    finding('send-unacknowledged', {
      title: `The gateway did not acknowledge a message within ${Math.round(ms / 1000)} s`,
      explanation:
        'It acknowledges when the message is stored, online or not: its disk or the whole gateway is overloaded.',
      remedy: 'Look at the load and the disk of the gateway, and at what edgeHub logs.',
      command: 'sudo iotedge logs edgeHub --tail 50',
      evidence: { outcome, ms },
    }),
  ];
}

module.exports = { judgeSend };
