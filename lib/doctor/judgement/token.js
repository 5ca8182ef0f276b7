// @ts-check
'use strict';

const { finding } = require('../causes');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */

/** A gateway accepts a token so long after it expired (contract edge-gateway.md §2.3). */
const GRACE_MS = 300_000;
const SOON_MS = 900_000;

const MAKE =
  'Make a new token, or use a connection string with SharedAccessKey: the client then makes and renews tokens itself.';

/** @type {Record<string, { title: string, explanation: string }>} */
const FAULTS = {
  'token-malformed': {
    title: 'The token is not of the form SharedAccessSignature sr=…&sig=…&se=…',
    explanation: 'The gateway cannot read it, and refuses the device at once.',
  },
  'token-encoding': {
    title: 'The signature in the token is not percent-encoded',
    explanation:
      'The gateway takes a raw + for a space and cuts at a raw =, so the signature does not fit. They must be written %2B and %3D.',
  },
  'token-milliseconds': {
    title: 'The expiry of the token (se) is in milliseconds',
    explanation: 'It must be in seconds since 1970; the gateway cannot read a date so far ahead.',
  },
};

/** @param {DiagnosisFacts} facts */
function judgeToken(facts) {
  const { faults, made } = /** @type {import('../../..').TokenFacts} */ (facts.token);
  const told = faults.map((code) => finding(code, { ...FAULTS[code], remedy: MAKE }));
  if (made || faults.includes('token-malformed')) return told;
  const expiry = faults.includes('token-milliseconds') ? [] : judgeExpiry(facts);
  return [...told, ...expiry, ...judgeAudience(facts)];
}

/** @param {DiagnosisFacts} facts */
function judgeExpiry({ token, clock }) {
  const { expires = '' } = token ?? {};
  const { now = '' } = clock ?? {};
  const leftMs = Date.parse(expires) - Date.parse(now);
  const evidence = { expires, now };
  if (leftMs < -GRACE_MS) {
    return [
      finding('token-expired', {
        title: `The token expired on ${expires}`,
        explanation: `The clock of this device says ${now}. The gateway refuses the device at once.`,
        remedy: MAKE,
        evidence,
      }),
    ];
  }
  if (!(leftMs < SOON_MS)) return [];
  return [
    finding('token-expires-soon', {
      title: leftMs < 0 ? `The token has expired on ${expires}` : `The token expires on ${expires}`,
      explanation:
        'The gateway closes the connection 5 to 10 minutes after that, and a token that was given is not renewed.',
      remedy: MAKE,
      evidence,
    }),
  ];
}

/** @param {DiagnosisFacts} facts */
function judgeAudience({ token, connectionString }) {
  const { audience = '' } = token ?? {};
  const { hub = '', gateway = '', host = '', deviceId = '' } = connectionString ?? {};
  const [name = '', devices, id, modules] = audience.split('/');
  const evidence = { audience, hub, deviceId };
  if (devices !== 'devices' || !id || (modules !== undefined && modules !== 'modules')) {
    return [
      finding('token-audience', {
        title: `The token is for ${audience}, not for a device`,
        explanation:
          'A gateway accepts tokens of the device itself only: <hub>/devices/<device>. Those of a policy of the hub, such as iothubowner, are refused.',
        remedy: MAKE,
        evidence,
      }),
    ];
  }
  if (id.toLowerCase() !== deviceId.toLowerCase()) {
    return [
      finding('token-other-device', {
        title: `The token is that of device ${id}, and the connection string that of ${deviceId}`,
        explanation: 'The gateway refuses the device at once.',
        remedy: `Make a token for ${deviceId}, or correct DeviceId.`,
        evidence,
      }),
    ];
  }
  const accepted = [hub, gateway, host].map((each) => each.toLowerCase());
  if (accepted.includes(name.toLowerCase())) return [];
  return [
    finding('token-audience', {
      title: `The token is for ${name}, and the connection string names ${hub}`,
      explanation: 'A gateway accepts only tokens for its hub, or for its own host name.',
      remedy: `Make a token for ${hub}/devices/${deviceId}, or correct HostName.`,
      evidence,
    }),
  ];
}

module.exports = { judgeToken };
