// @ts-check
'use strict';

const { EARLY_CONNECT } = require('../../failures/early_connect');
const { finding } = require('../causes');
const { endpointOf, fieldOf } = require('../endpoint');
const { hubCommands } = require('../hub_side');
const { HUB } = require('../identity');
const { explained, explanationOf } = require('./explained');
const { clientCertificate } = require('./tls');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ConnectFacts} ConnectFacts */
/** @typedef {Parameters<typeof finding>[1]} Told */

/** @param {DiagnosisFacts} facts */
function judgeConnect(facts) {
  const connect = /** @type {ConnectFacts} */ (facts.connect);
  const { outcome, code, ms, failure } = connect;
  const before = wasLostEarly(connect) ? [lostEarly(connect)] : [];
  if (outcome === 'accepted') return before;
  const evidence = { outcome, code, ms, detail: failure?.detail };
  const slowly = connect.slow === true;
  const told = failure && !slowly && explained(facts, explanationOf(facts, failure), evidence);
  if (told) return [told, ...before];
  const [cause, words] = JUDGES[outcome](facts, connect);
  return [finding(cause, { ...words, evidence: { ...evidence, ...words.evidence } }), ...before];
}

/** The client gives the first CONNECT up after so long (`UNHEARD` in `src/session/handshake.rs`). Milliseconds. */
const FIRST_GIVEN_UP_MS = 10_000;

/** Only the second was answered, and so soon that the first was not merely slow. @param {ConnectFacts} connect */
function wasLostEarly({ outcome, repeated, ms }) {
  return repeated === true && ['accepted', 'refused'].includes(outcome) && ms < FIRST_GIVEN_UP_MS;
}

/** @param {ConnectFacts} connect */
function lostEarly({ ms }) {
  return finding('connect-lost-early', {
    title:
      'The gateway answered CONNECT only when it was sent again, over a new connection and after a pause',
    explanation: `${EARLY_CONNECT.cause}. This client sends it again by itself; others time out.`,
    remedy: `${EARLY_CONNECT.wayOut[0].toUpperCase()}${EARLY_CONNECT.wayOut.slice(1)}.`,
    command: 'sudo iotedge list',
    evidence: { repeated: true, ms },
  });
}

/** The hub makes keys of 32 bytes, or of 64. */
const USUAL_KEY_BYTES = 32;
const EDGE_HUB_LOG = 'sudo iotedge logs edgeHub --tail 50';

/** @type {Record<string, (facts: DiagnosisFacts, connect: ConnectFacts) => [code: string, told: Told]>} */
const JUDGES = {
  refused: (facts, connect) => {
    if (connect.code === 1) return otherVersion(facts);
    if (connect.code === 3) return unavailable(facts);
    if (connect.code === 2) return clientIdRefused(facts);
    if (connect.code === 4) return credentialsRefused(facts);
    if (connect.code !== 5) return stranger(facts, `CONNACK code ${connect.code}`);
    return connect.slow ? unknown(facts, connect) : refused(facts, connect);
  },
  unanswered: (facts, { ms, repeated }) => [
    'connect-unanswered',
    {
      title: `The gateway did not answer CONNECT${repeated ? ', sent on two connections,' : ''} within ${seconds(ms)}`,
      explanation: `A gateway that does not know the device asks the hub for it; while it is offline, or has just started, that takes 100 s and more. Or it hangs.${repeated ? ` Or ${EARLY_CONNECT.cause}.` : ''}`,
      remedy: `Check that the gateway is online and the parent of the device, and what edgeHub logs. Then try again with more time.${repeated ? ` Or ${EARLY_CONNECT.wayOut}.` : ''}`,
      evidence: { repeated },
      command: hubCommands(facts).showParent,
    },
  ],
  closed: (_facts, { ms, failure }) => [
    'connect-closed',
    {
      title: `The gateway ${failure?.kind === 'reset' ? 'reset' : 'closed'} the connection ${ms} ms after CONNECT, without an answer`,
      explanation:
        'edgeHub does that when it breaks off while starting, and other servers when they do not speak MQTT 3.1.1.',
      remedy: 'Try again in a minute, and look at what edgeHub logs.',
      command: EDGE_HUB_LOG,
    },
  ],
  failed: (facts, { failure }) => {
    if (/certificate_?required/i.test(failure?.detail ?? '')) return clientCertificate(endpointOf(facts));
    if (failure?.kind === 'malformed') return stranger(facts, failure.detail);
    return [
      'connect-failed',
      {
        title: `Connecting to ${endpointOf(facts)} failed at ${failure?.stage}: ${failure?.detail}`,
        explanation:
          'The steps before went well a moment ago: the gateway may be restarting, or the network is unsteady.',
        remedy: 'Try again.',
      },
    ];
  },
};

/**
 * @param {DiagnosisFacts} facts
 * @param {ConnectFacts} connect
 * @returns {[code: string, told: Told]}
 */
function unknown(facts, { ms }) {
  const { deviceId = '' } = facts.connectionString ?? {};
  return [
    'device-unknown',
    {
      title: `The gateway does not know device ${deviceId}: it refused it, but only after ${seconds(ms)}`,
      explanation:
        'So long it takes to ask the hub, in vain: the device does not exist or is disabled, or this gateway is not its parent, or the gateway is offline and has never seen the device. A wrong key is refused faster.',
      remedy:
        'Set this gateway as the parent of the device. Then wait two minutes before trying again: a gateway does not ask more often.',
      command: hubCommands(facts).setParent,
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @returns {[code: string, told: Told]}
 */
function clientIdRefused(facts) {
  const { deviceId } = facts.connectionString ?? {};
  return [
    'client-id-refused',
    {
      title: `What answers at ${endpointOf(facts)} refused the client id ${deviceId} (CONNACK 2)`,
      explanation:
        'edgeHub never answers that: another MQTT broker is there, or a proxy before one, with rules of its own for ids.',
      remedy: `Check that ${fieldOf(facts)} and its port lead to edgeHub; if that broker is meant, see which ids it takes.`,
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @returns {[code: string, told: Told]}
 */
function credentialsRefused(facts) {
  return [
    'credentials-refused',
    {
      title: `What answers at ${endpointOf(facts)} refused user name or password (CONNACK 4)`,
      explanation:
        'edgeHub answers 5 and never 4: another MQTT broker is there, with users of its own, or a proxy before one.',
      remedy: `Check that ${fieldOf(facts)} and its port lead to edgeHub. The key of the device is not what that broker asks for.`,
    },
  ];
}

/**
 * Refused at once: by what was sent, not by what the hub says. Faults of a token that can be seen were told before, and
 * rank before this.
 *
 * @param {DiagnosisFacts} facts
 * @param {ConnectFacts} connect
 * @returns {[code: string, told: Told]}
 */
function refused(facts, { ms }) {
  const { deviceId, hub = '', gateway, policy, keyBytes } = facts.connectionString ?? {};
  const commonName = facts.certificate?.presented[0]?.commonName;
  const after = `after ${ms} ms`;
  const also = 'Or the clock is wrong, or the gateway asked for this device in vain a minute ago.';
  if (policy !== undefined) return policyKey(facts, after);
  if (hub.endsWith('.')) return dotted(facts, after);
  const foreign = gateway ? !HUB.test(hub) : commonName !== undefined && commonName !== bare(hub);
  if (foreign && hub.toLowerCase() !== commonName?.toLowerCase()) {
    const fitting = gateway
      ? 'HostName must be the name of the hub: HostName=<hub>.azure-devices.net.'
      : `Write HostName=<hub>.azure-devices.net and ;GatewayHostName=${hub}.`;
    return [
      'audience-refused',
      {
        title: `The gateway refused device ${deviceId} ${after}, probably because its token is for ${hub}`,
        explanation: `A gateway accepts tokens for its hub or for its own host name${commonName ? `, which is ${commonName}` : ''}. ${also}`,
        remedy: fitting,
        evidence: { hub, ...(commonName && { commonName }) },
      },
    ];
  }
  const made = facts.token?.made;
  const cut = keyBytes !== undefined && keyBytes < USUAL_KEY_BYTES;
  return [
    made ? 'key-refused' : 'token-refused',
    {
      title: `The gateway refused device ${deviceId} ${after}: ${made ? `the key is probably ${cut ? `cut off, as it has ${keyBytes} bytes` : 'wrong'}` : 'the token is not accepted'}`,
      explanation: `So fast it refuses what does not fit: ${made ? 'the key' : 'the signature'}, the hub (${hub}), or the way to authenticate. ${also}`,
      remedy: `Compare the ${made ? 'key' : 'key the token was made with'} with the device's keys at the hub, and HostName with its name; check that the device is enabled.`,
      command: hubCommands(facts).showConnectionString,
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @param {string} after
 * @returns {[code: string, told: Told]}
 */
function policyKey({ connectionString }, after) {
  const { deviceId, policy } = connectionString ?? {};
  return [
    'policy-key',
    {
      title: `The gateway refused device ${deviceId} ${after}: its key is probably that of the policy ${policy} of the hub`,
      explanation: `SharedAccessKeyName=${policy} names a policy. Its key signs for services; a gateway knows the keys of devices only.`,
      remedy:
        'Take the connection string of the device, which has no SharedAccessKeyName: IoT Hub, Devices, the device.',
      evidence: { policy },
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @param {string} after
 * @returns {[code: string, told: Told]}
 */
function dotted({ connectionString }, after) {
  const { deviceId, hub = '' } = connectionString ?? {};
  return [
    'audience-refused',
    {
      title: `The gateway refused device ${deviceId} ${after}, probably because HostName ends in a dot: ${hub}`,
      explanation:
        'The token is made for HostName as it is written, and the gateway compares it with the name of its hub.',
      remedy: `Write HostName=${hub.slice(0, -1)}.`,
      evidence: { hub },
    },
  ];
}

/** @param {string} hub Without its port. */
function bare(hub) {
  return hub.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/**
 * @param {DiagnosisFacts} facts
 * @returns {[code: string, told: Told]}
 */
function unavailable(facts) {
  return [
    'gateway-unavailable',
    {
      title: `The gateway at ${endpointOf(facts)} is not available (CONNACK 3)`,
      explanation:
        'edgeHub says so while it starts, when its store fails, and when it cannot read the user name.',
      remedy: 'Try again in a minute. If it stays so, look at what edgeHub logs.',
      command: EDGE_HUB_LOG,
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @returns {[code: string, told: Told]}
 */
function otherVersion(facts) {
  return [
    'protocol-version',
    {
      title: `What answers at ${endpointOf(facts)} does not speak MQTT 3.1.1 (CONNACK 1)`,
      explanation: 'edgeHub does. This is another broker.',
      remedy: 'Check host and port of the gateway.',
    },
  ];
}

/**
 * @param {DiagnosisFacts} facts
 * @param {string} what
 * @returns {[code: string, told: Told]}
 */
function stranger(facts, what) {
  return [
    'not-a-gateway',
    {
      title: `What answers at ${endpointOf(facts)} over TLS is no MQTT gateway: ${what}`,
      explanation:
        'The certificate is the right one, but the port belongs to another service of that machine.',
      remedy: 'Correct the port: MQTT of a gateway is on 8883.',
    },
  ];
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

module.exports = { judgeConnect };
