'use strict';

const { CAUSES } = require('../../../lib/doctor/causes');

/** Reports made by hand: what the presentation is given. */

const DAY_MS = 86_400_000;
const AT = '2026-03-01T12:00:00Z';
const day = (/** @type {number} */ days) =>
  new Date(Date.parse(AT) + days * DAY_MS).toISOString().replace('.000', '');
const FINGERPRINT = Array.from({ length: 32 }, (_, index) => (index + 160).toString(16).toUpperCase()).join(
  ':',
);

/**
 * @param {string} subject
 * @param {string} issuer
 * @param {Partial<import('../../..').ExaminedCertificate>} [changes]
 * @returns {import('../../..').ExaminedCertificate}
 */
function certificate(subject, issuer, changes = {}) {
  return {
    subject,
    issuer,
    names: [],
    validFrom: day(-10),
    validTo: day(20),
    daysLeft: 20,
    key: 'RSA 2048',
    fingerprint: FINGERPRINT.replace('A0', String(subject.length + 10)),
    serialNumber: '01',
    ca: true,
    selfSigned: subject === issuer,
    purposes: [],
    ...changes,
  };
}

const ROOT = certificate('CN=root', 'CN=root');
const DEVICE_CA = certificate('CN=device CA', 'CN=root');
const SERVER = certificate('CN=gateway.local', 'CN=device CA', {
  names: ['DNS:gateway.local', 'DNS:edgeHub'],
  ca: false,
});

/** @type {import('../../..').DiagnosisFacts} */
const FACTS = {
  connectionString: {
    hub: 'hub.azure-devices.net',
    deviceId: 'd1',
    gateway: 'gateway.local',
    host: 'gateway.local',
    port: 8883,
    protocol: 'mqtt',
    credential: 'key',
    faults: [],
  },
  ca: { origin: 'option', path: '/etc/root.pem', roots: [ROOT], systemRoots: false, bundledRoots: false },
  name: { host: 'gateway.local', addresses: ['192.168.1.4'] },
  port: {
    port: 8883,
    attempts: [{ address: '192.168.1.4', port: 8883, outcome: 'open', ms: 2 }],
    others: [{ address: '192.168.1.4', port: 443, outcome: 'refused', ms: 1 }],
  },
  tls: {
    version: 'TLSv1.3',
    cipherSuite: 'TLS_AES_256_GCM_SHA384',
    clientCertificateRequested: true,
    accepted: true,
  },
  certificate: {
    presented: [SERVER, DEVICE_CA],
    path: [0, 1],
    at: AT,
    verified: true,
    verifyReturnCode: 'Verify return code: 0 (ok)',
    root: 0,
    pinned: false,
  },
  clock: { now: AT },
  token: { made: true, audience: 'hub.azure-devices.net/devices/d1', expires: day(1), faults: [] },
  connect: { outcome: 'accepted', ms: 3, sessionPresent: false },
  send: { outcome: 'acknowledged', ms: 4 },
  stay: { ms: 5000, losses: [] },
};

const TITLES = {
  connectionString: 'Connection string',
  ca: 'Root certificate',
  name: 'Name resolution',
  port: 'TCP',
  tls: 'TLS',
  certificate: 'Certificates',
  clock: 'Clock',
  token: 'Token',
  connect: 'CONNECT',
  send: 'Message',
  stay: 'Staying connected',
};

/** Longer than a terminal is wide. */
const commandOf = (/** @type {string} */ code) =>
  `az iot hub device-identity parent show --device-id d1 --hub-name hub --output table --query '[${code}]'`;

/**
 * Every finding there is, each with a command, all of one step.
 *
 * @param {import('../../..').DiagnosisStepName} step
 * @returns {import('../../..').Finding[]}
 */
function allFindings(step) {
  return Object.entries(CAUSES).map(([code, severity]) => ({
    code,
    severity,
    step,
    title: `Something is wrong with what ${code} means`,
    explanation: 'It is so for a reason that takes more than one line to tell, wherever it is told.',
    remedy: `Do this and that, and mind the fingerprint ${FINGERPRINT}, which must fit.`,
    command: commandOf(code),
    evidence: { address: '192.168.1.4', ms: 1234, names: ['DNS:a', 'DNS:b'] },
  }));
}

/**
 * @param {import('../../..').DiagnosisFacts} facts
 * @param {import('../../..').Finding[]} [findings]
 * @returns {{ progress: import('../../..').DiagnosisProgress[], diagnosis: import('../../..').Diagnosis }}
 */
function reportOf(facts, findings = []) {
  const names = /** @type {import('../../..').DiagnosisStepName[]} */ (Object.keys(TITLES));
  const steps = names.map((name) => {
    const own = findings.filter(({ step }) => step === name);
    const worst = own[0]?.severity;
    const status = worst === 'problem' || worst === 'warning' ? worst : 'ok';
    const taken = { name, title: TITLES[name], status: /** @type {const} */ (status), ms: 12 };
    if (facts[name]) return { taken, own };
    return {
      taken: { ...taken, status: /** @type {const} */ ('skipped'), ms: 0, reason: 'there is no connection' },
      own,
    };
  });
  return {
    progress: steps.flatMap(({ taken, own }) => [
      { kind: 'started', step: taken.name, title: taken.title },
      { kind: 'ended', step: taken, facts, findings: own },
    ]),
    diagnosis: {
      form: 1,
      healthy: findings[0]?.severity !== 'problem',
      verdict: 'In plain words.',
      findings,
      steps: steps.map(({ taken }) => taken),
      facts,
      unknowable: [{ what: 'Whether the device is disabled.', command: commandOf('status') }],
      time: AT,
      ms: 5123,
    },
  };
}

/** A stream that remembers. */
class Paper {
  text = '';
  /** @param {{ isTTY?: boolean, columns?: number }} [terminal] */
  constructor({ isTTY, columns } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
  }
  /** @param {string} text */
  write(text) {
    this.text += text;
    return true;
  }
}

module.exports = {
  AT,
  DEVICE_CA,
  FACTS,
  FINGERPRINT,
  Paper,
  ROOT,
  SERVER,
  allFindings,
  certificate,
  commandOf,
  day,
  reportOf,
};
