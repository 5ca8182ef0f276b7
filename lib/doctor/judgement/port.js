// @ts-check
'use strict';

const { finding } = require('../causes');
const { endpointOf, fieldOf } = require('../endpoint');
const { word } = require('../shell');
const { PROTOCOLS, protocolOf } = require('../protocols');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').PortAttempt} PortAttempt */
/** @typedef {ReturnType<typeof finding>} Finding */

const EDGE_HUB = 'sudo iotedge list && sudo iotedge logs edgeHub --tail 50';

/** @param {DiagnosisFacts} facts */
function judgePort(facts) {
  const { port } = facts;
  if (!port) return [];
  const { attempts, others } = port;
  const dead = attempts.filter(({ outcome }) => outcome !== 'open' && outcome !== 'reset');
  if (dead.length === 0) return [];
  if (dead.length < attempts.length) return [addressDead(facts, dead)];
  // The outcome that says most: an answer before silence.
  const telling = attempts.find(({ outcome }) => outcome !== 'timed-out') ?? attempts[0];
  const open = others.filter(({ outcome }) => outcome === 'open').map((each) => each.port);
  return [...JUDGES[telling.outcome](facts, telling, open, others), ...judgeProxy(port.proxy)];
}

/** @param {string | undefined} variable */
function judgeProxy(variable) {
  if (variable === undefined) return [];
  return [
    finding('proxy-ignored', {
      title: `A proxy is configured (${variable}), which the client does not use`,
      explanation:
        'Where a proxy is the only way out, a direct connection to the gateway does not get through. The client goes through HTTP proxies, which HTTPS_PROXY names.',
      remedy: 'If it is an HTTP proxy, try --proxy http://<host>:<port>, and set HTTPS_PROXY for the app.',
      evidence: { variable },
    }),
  ];
}

/** @type {Record<string, (facts: DiagnosisFacts, attempt: PortAttempt, open: number[], others: PortAttempt[]) => Finding[]>} */
const JUDGES = {
  refused: (facts, attempt, open) => [refused(facts, attempt, open)],
  // Connected and cut: the next step says more.
  reset: () => [],
  'timed-out': (_facts, attempt, open, others) => {
    const alive = others.some(({ outcome }) => outcome === 'open' || outcome === 'refused');
    return [alive ? filtered(attempt, open) : silent(attempt)];
  },
  unreachable: (_facts, attempt) => [
    finding('host-unreachable', {
      title: `There is no route to ${attempt.address}`,
      explanation:
        'The network of this device does not lead to that address, or the gateway is off its network.',
      remedy: `Check the network of this device, and that ${attempt.address} is the address of the gateway.`,
      command: `ip route get ${attempt.address}`,
      evidence: evidenceOf(attempt),
    }),
  ],
  failed: (facts, attempt) => [
    finding('port-failed', {
      title: `Connecting to ${endpointOf(facts)} failed: ${attempt.error}`,
      explanation: 'The operating system gave that reason.',
      remedy: 'Check the network of this device.',
      evidence: evidenceOf(attempt),
    }),
  ],
};

/**
 * @param {DiagnosisFacts} facts
 * @param {PortAttempt} attempt
 * @param {number[]} open Other ports.
 */
function refused(facts, attempt, open) {
  const { connectionString } = facts;
  const protocol = protocolOf(connectionString?.protocol ?? 'mqtt');
  const { address, port } = attempt;
  const evidence = { ...evidenceOf(attempt), open: open.map(String) };
  const own = facts.name?.own?.includes(address);
  if (own && !isLoopback(facts.name?.host)) return thisDevice(facts, attempt);
  if (port !== protocol.port && open.includes(protocol.port)) {
    return finding('port-wrong', {
      title: `Nothing listens on port ${port} of ${address}, but on ${protocol.port} something does`,
      explanation: `${protocol.title} of an IoT Edge gateway is on port ${protocol.port}.`,
      remedy: `Leave the port out of ${fieldOf(facts)}, or write :${protocol.port}.`,
      evidence,
    });
  }
  if (open.length > 0) {
    return finding('port-binding-missing', {
      title: `The gateway runs, but its port ${port} is not open: it was refused, and ${open.join(' and ')} was not`,
      explanation: `edgeHub listens inside its container, and only the ports that its createOptions bind are reachable from outside. Open are those of ${titlesOf(open)}.`,
      remedy: `Add "${port}/tcp": [{ "HostPort": "${port}" }] to HostConfig.PortBindings in the createOptions of edgeHub, and deploy. A firewall that rejects the port looks the same.`,
      command: "sudo docker inspect edgeHub --format '{{json .HostConfig.PortBindings}}'",
      evidence,
    });
  }
  return finding('port-refused', {
    title: `Nothing listens on port ${port} of ${address}${own ? ', which is this device itself' : ''}: the connection was refused`,
    explanation: `The machine is there, and it refuses ${[port, ...(facts.port?.others ?? []).map((each) => each.port)].join(', ')}: edgeHub is not running, is starting, or this is not the gateway.`,
    remedy: 'See on the gateway whether edgeHub runs, and check that the address is that of the gateway.',
    command: EDGE_HUB,
    evidence,
  });
}

/** @param {string} [host] As it was written: who writes that means this device. */
function isLoopback(host = '') {
  return /^(localhost\.?$|127\.|::1$)/i.test(host);
}

/**
 * @param {DiagnosisFacts} facts
 * @param {PortAttempt} attempt
 */
function thisDevice(facts, attempt) {
  const { host = '' } = facts.name ?? {};
  const { address, port } = attempt;
  const debian =
    address === '127.0.1.1' ? ' Debian and Ubuntu put the own name of a machine at 127.0.1.1.' : '';
  return finding('name-is-this-device', {
    title: `${host} is ${address}, which is this device itself, and nothing listens on port ${port} here`,
    explanation: `The name leads back to this device; the gateway is likely to be another machine.${debian}`,
    remedy: `Correct ${fieldOf(facts)}, or where ${host} leads: DNS, or /etc/hosts of this device. If the gateway runs on this device, see whether edgeHub does.`,
    command: `getent hosts ${word(host)}`,
    evidence: evidenceOf(attempt),
  });
}

/**
 * @param {PortAttempt} attempt
 * @param {number[]} open
 */
function filtered(attempt, open) {
  const { address, port, ms } = attempt;
  return finding('port-filtered', {
    title: `Port ${port} of ${address} does not answer, though the machine does: a firewall drops it`,
    explanation: `Nothing came for ${ms} ms, while other ports ${open.length > 0 ? `(${open.join(', ')}) are open` : 'refuse at once'}.`,
    remedy: `Open port ${port} (TCP) in the firewall of the gateway and on the way to it.`,
    evidence: { ...evidenceOf(attempt), open: open.map(String) },
  });
}

/** @param {PortAttempt} attempt */
function silent(attempt) {
  return finding('host-silent', {
    title: `${attempt.address} does not answer on any port`,
    explanation: `Nothing came for ${attempt.ms} ms. The gateway is off, its address is another, or a firewall drops everything.`,
    remedy: 'Check that the gateway runs and that this is its address.',
    command: `ping -c 3 ${attempt.address}`,
    evidence: evidenceOf(attempt),
  });
}

/**
 * @param {DiagnosisFacts} facts
 * @param {PortAttempt[]} dead
 */
function addressDead({ connectionString }, dead) {
  const list = dead.map(({ address }) => address);
  return finding('address-dead', {
    title: `${connectionString?.host} has several addresses, and ${list.join(', ')} does not take the connection`,
    explanation:
      'The client tries the next, which costs time at every connection; other clients may give up.',
    remedy: 'Remove the address from DNS or from /etc/hosts, or have the gateway listen there, too.',
    evidence: { dead: list, outcomes: dead.map(({ outcome }) => outcome) },
  });
}

/** @param {number[]} ports */
function titlesOf(ports) {
  const titles = ports.map((port) => PROTOCOLS.find((each) => each.port === port)?.title ?? `port ${port}`);
  return titles.join(' and ');
}

/** @param {PortAttempt} attempt */
function evidenceOf({ address, port, outcome, error, ms }) {
  return { address, port, outcome, error, ms };
}

module.exports = { judgePort };
