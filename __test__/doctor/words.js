'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { CAUSES } = require('../../lib/doctor/causes');
const { judgeAuthority } = require('../../lib/doctor/judgement/ca');
const { judgeCertificate } = require('../../lib/doctor/judgement/certificate');
const { judgeClock } = require('../../lib/doctor/judgement/clock');
const { judgeConnect } = require('../../lib/doctor/judgement/connect');
const { judgeConnectionString } = require('../../lib/doctor/judgement/connection_string');
const { judgeName } = require('../../lib/doctor/judgement/name');
const { judgePort } = require('../../lib/doctor/judgement/port');
const { judgeTls } = require('../../lib/doctor/judgement/tls');
const { judgeToken } = require('../../lib/doctor/judgement/token');
const { layerFailure } = require('../../lib/doctor/verifier');
const { judgeWhole } = require('../../lib/doctor/judgement/whole');
const { DEVICE_CA, FACTS, ROOT, SERVER, certificate, day } = require('./presentation/planted');

/** The words of every finding, as docs/doctor.md shows them: those of a scene, or of planted facts where it has none. */

const PAGE = path.join(__dirname, '..', '..', 'docs', 'doctor.md');
const HEADING = '\n## What each says\n';

/** @typedef {Omit<import('../..').Finding, 'step'>} Finding */

/** @param {import('../..').ConnectionStringFault} fault */
const ofString = (fault) =>
  judgeConnectionString({
    connectionString: /** @type {any} */ ({ ...FACTS.connectionString, faults: [fault] }),
  });
/** @param {string} outcome @param {object} [more] */
const ofPort = (outcome, more = {}) => {
  const attempt = /** @type {any} */ ({ address: '192.168.1.4', port: 8883, outcome, ms: 5000, ...more });
  const others = [{ ...attempt, port: 443, outcome: 'timed-out' }];
  return judgePort({ ...FACTS, port: { port: 8883, attempts: [attempt], others } });
};
/** @param {string} kind @param {string} detail */
const ofChain = (kind, detail) => {
  const pathFailure = layerFailure(/** @type {any} */ ({ stage: 'tls', kind, detail, elapsedMs: 3 }));
  const chain = /** @type {any} */ ({ ...FACTS.certificate, verified: false, pathFailure });
  return judgeCertificate({ ...FACTS, certificate: chain });
};
/** @param {import('../..').ExaminedCertificate[]} roots */
const ofRoots = (...roots) => judgeAuthority({ ca: /** @type {any} */ ({ ...FACTS.ca, roots }) });
const stale = certificate('CN=old root', 'CN=old root', { validTo: day(-3), daysLeft: -3 });
const soon = (/** @type {any} */ of) => ({ ...of, validTo: day(3), daysLeft: 3 });
const { ca, clock, connectionString, token } = /** @type {any} */ (FACTS);

/** By code. @type {Record<string, () => Finding[]>} */
const PLANTED = {
  'module-certificate': () => ofString({ kind: 'module-certificate', where: 'x509' }),
  'name-not-found': () =>
    judgeName({ ...FACTS, name: { host: 'gateway.local', addresses: [], error: 'ENOTFOUND' } }),
  'name-unresolved': () =>
    judgeName({ ...FACTS, name: { host: 'gateway.local', addresses: [], error: 'EAI_AGAIN' } }),
  'name-is-this-device': () => {
    const attempt = /** @type {any} */ ({ address: '127.0.1.1', port: 8883, outcome: 'refused', ms: 1 });
    const name = { host: 'gateway.local', addresses: ['127.0.1.1'], own: ['127.0.1.1'] };
    return judgePort({ ...FACTS, name, port: { port: 8883, attempts: [attempt], others: [] } });
  },
  'host-silent': () => ofPort('timed-out'),
  'host-unreachable': () => ofPort('unreachable'),
  'port-failed': () => ofPort('failed', { error: 'EACCES' }),
  'address-dead': () => {
    const at = (/** @type {string} */ address, /** @type {any} */ outcome) => ({
      address,
      port: 8883,
      outcome,
      ms: 1,
    });
    const attempts = [at('fe80::4', 'unreachable'), at('192.168.1.4', 'open')];
    return judgePort({ ...FACTS, port: { port: 8883, attempts, others: [] } });
  },
  'proxy-ignored': () => {
    const attempt = /** @type {any} */ ({
      address: '192.168.1.4',
      port: 8883,
      outcome: 'timed-out',
      ms: 5000,
    });
    const port = { port: 8883, attempts: [attempt], others: [], proxy: 'ALL_PROXY' };
    return judgePort({ ...FACTS, port });
  },
  'tls-failed': () => {
    const failure = {
      stage: 'tls',
      kind: 'tls',
      detail: 'received fatal alert: InternalError',
      elapsedMs: 3,
    };
    return judgeTls({ ...FACTS, tls: { accepted: false, clientCertificateRequested: false, failure } });
  },
  'ca-not-yet-valid': () => {
    const root = { ...ROOT, validFrom: day(2) };
    return judgeCertificate({ ...FACTS, ca: { ...ca, roots: [root] } });
  },
  'root-limited': () =>
    ofChain('certificate-root-path-length', 'it allows one CA below itself, and two are there'),
  'critical-extension': () =>
    ofChain('certificate-invalid', 'Other(OtherError(UnsupportedCriticalExtension))'),
  'chain-too-long': () => ofChain('certificate-chain-too-long', 'it has 17 certificates'),
  'certificate-invalid': () => ofChain('certificate-invalid', 'Other(OtherError(MalformedExtensions))'),
  'token-malformed': () =>
    judgeToken({ connectionString, clock, token: { made: false, faults: ['token-malformed'] } }),
  'token-expires-soon': () =>
    judgeToken({ connectionString, clock, token: { ...token, made: false, expires: day(0.005) } }),
  'connect-lost-early': () =>
    judgeConnect({ ...FACTS, connect: { outcome: 'accepted', ms: 12, repeated: true } }),
  'connect-failed': () => {
    const failure = { stage: 'tcp', kind: 'refused', detail: 'Connection refused', elapsedMs: 1 };
    return judgeConnect({ ...FACTS, connect: { outcome: 'failed', ms: 1, failure } });
  },
  'connection-string-refused': () => {
    const refusal = {
      code: 'ERR_IOT_X',
      message: 'What connect() says of it',
      hint: 'What connect() advises.',
    };
    return judgeWhole({ ...FACTS, connectionString: { ...connectionString, refusal } }, []);
  },
  unexplained: () => {
    const failure = { stage: 'connack', kind: 'io', detail: 'an error of the system', elapsedMs: 1 };
    return judgeWhole({ ...FACTS, connect: { outcome: 'failed', ms: 1, failure } }, []);
  },
  'clock-differs': () =>
    judgeClock({
      clock: { ...clock, aheadMs: 1_200_000, witness: { source: 'http://192.168.1.4:80', time: day(0) } },
    }),
  'gateway-name-form': () =>
    ofString({
      kind: 'gateway-name-form',
      where: 'GatewayHostName',
      suggestion: 'edge-hub',
      detail: 'an underscore',
    }),
  'hub-name-unusual': () => ofString({ kind: 'hub-name-unusual', where: 'HostName' }),
  'key-length': () => ofString({ kind: 'key-length', detail: '8' }),
  'certificate-pinned': () =>
    judgeCertificate({ ...FACTS, certificate: { .../** @type {any} */ (FACTS.certificate), pinned: true } }),
  'ca-some-invalid': () => ofRoots(stale, ROOT),
  'ca-expires-soon': () => ofRoots(soon(ROOT)),
  'certificate-expires-soon': () => {
    const presented = [SERVER, soon(DEVICE_CA)];
    return judgeCertificate({
      ...FACTS,
      certificate: { .../** @type {any} */ (FACTS.certificate), presented },
    });
  },
};

/** What differs from run to run. @type {[RegExp, string][]} */
const PASSING = [
  [/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, '<fingerprint>'],
  [/\b[0-9A-F]{40}(?:[0-9A-F]{24})?\b/g, '<thumbprint>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>'],
  [/(["'])?\/(?:tmp|var)\/[^\s"']*\.(pem|pem\.missing)\1?/g, '"root.pem"'],
  [/\b\d+(?:\.\d+)? (ms|s|minutes|days)\b/g, '<n> $1'],
  [/\blocalhost\b/gi, 'gateway.local'],
  [/127\.0\.0\.1|(?<![\da-f])\[?::1\]?/gi, '192.168.1.4'],
  // Ports that the system gave; no other number is as large.
  [/\b(?:3[2-9]\d{3}|[45]\d{4}|60\d{3})\b/g, '8883'],
  [/refuses [\d, ]+:/g, 'refuses 8883, 443, 5671:'],
];

/** @param {string} text */
function settled(text) {
  const named = text.replaceAll(os.hostname(), 'gateway.local').replaceAll(process.cwd(), '/home/me');
  return PASSING.reduce((whole, [pattern, instead]) => whole.replace(pattern, instead), named);
}

/** @param {Finding} finding */
function block({ code, title, explanation, remedy, command }) {
  const lines = [`- ${title}.`, `- ${explanation}`, `- ${remedy}`].map((line) =>
    settled(line).replaceAll('<', '\\<'),
  );
  return [`### ${code}`, '', ...lines, ...(command ? ['', `      ${settled(command)}`] : []), ''].join('\n');
}

/**
 * @param {Map<string, Finding>} seen By code, those of scenes.
 * @returns {string} The section of the page: what, why and what to do, and the command.
 */
function section(seen) {
  const blocks = Object.keys(CAUSES).map((code) => {
    const found = PLANTED[code]?.().find((each) => each.code === code) ?? seen.get(code);
    if (!found) throw new Error(`Nothing brings about ${code}: it needs a scene, or planted facts`);
    return block(found);
  });
  return `${HEADING}\nEach with an example: what is so, why, what to do.\n\n${blocks.join('\n')}`;
}

/** @returns {string} The section as it is in the page. */
function documented() {
  const page = fs.readFileSync(PAGE, 'utf8');
  const at = page.indexOf(HEADING);
  return at === -1 ? '' : page.slice(at);
}

/** @param {string} text */
function write(text) {
  const page = fs.readFileSync(PAGE, 'utf8');
  const at = page.indexOf(HEADING);
  fs.writeFileSync(PAGE, `${at === -1 ? page.trimEnd() + '\n' : page.slice(0, at)}${text}`);
}

module.exports = { documented, section, write };
