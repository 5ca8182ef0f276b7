// @ts-check
'use strict';

const { endpointOf } = require('./endpoint');
const { protocolOf } = require('./protocols');

/** @typedef {import('../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../..').Finding} Finding */

/**
 * The whole in plain words.
 *
 * @param {DiagnosisFacts} facts
 * @param {Finding[]} findings The most likely first.
 */
function verdictOf(facts, findings) {
  const outcome = outcomeOf(facts, findings);
  const problems = problemsOf(findings);
  if (problems.length === 0) return outcome;
  const others = problems.length - 1;
  const more =
    others === 0 ? '' : ` There ${others === 1 ? 'is one more problem' : `are ${others} more problems`}.`;
  return `${outcome} Most likely: ${problems[0].title}.${more}`;
}

/**
 * Whether it works, without the why.
 *
 * @param {DiagnosisFacts} facts
 * @param {Finding[]} findings
 */
function outcomeOf(facts, findings) {
  const who = facts.connectionString?.deviceId ? `Device ${facts.connectionString.deviceId}` : 'The device';
  const where = endpointOf(facts);
  if (problemsOf(findings).length === 0) return healthy(facts, who, where);
  if (facts.connect?.outcome === 'accepted') return `${who} reaches ${where}, but not all is well.`;
  return `${who} cannot connect to ${where}.`;
}

/** @param {Finding[]} findings */
function problemsOf(findings) {
  return findings.filter(({ severity }) => severity === 'problem');
}

/**
 * @param {DiagnosisFacts} facts
 * @param {string} who
 * @param {string} where
 */
function healthy({ connect, connectionString, greeting }, who, where) {
  if (connect?.outcome === 'accepted') return `${who} can connect to ${where}.`;
  const { title } = protocolOf(connectionString?.protocol ?? 'mqtt');
  if (greeting) return `edgeHub answers AMQP at ${where}. Whether it admits the device was not tried.`;
  return `As far as TLS all is well up to ${where}. Whether the gateway admits the device over ${title} was not tried.`;
}

module.exports = { outcomeOf, verdictOf };
