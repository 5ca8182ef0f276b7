// @ts-check
'use strict';

const { endpointOf } = require('./endpoint');
const { protocolOf } = require('./protocols');

/**
 * The whole in plain words.
 *
 * @param {import('../..').DiagnosisFacts} facts
 * @param {import('../..').Finding[]} findings The most likely first.
 */
function verdictOf(facts, findings) {
  const problems = findings.filter(({ severity }) => severity === 'problem');
  const who = facts.connectionString?.deviceId ? `Device ${facts.connectionString.deviceId}` : 'The device';
  const where = endpointOf(facts);
  if (problems.length === 0) return healthy(facts, who, where);
  const can = facts.connect?.outcome === 'accepted' ? 'reaches' : 'cannot connect to';
  const but = can === 'reaches' ? ', but not all is well' : '';
  const others = problems.length - 1;
  const more =
    others === 0 ? '' : ` There ${others === 1 ? 'is one more problem' : `are ${others} more problems`}.`;
  return `${who} ${can} ${where}${but}. Most likely: ${problems[0].title}.${more}`;
}

/**
 * @param {import('../..').DiagnosisFacts} facts
 * @param {string} who
 * @param {string} where
 */
function healthy({ connect, connectionString }, who, where) {
  if (connect?.outcome === 'accepted') return `${who} can connect to ${where}.`;
  const { title } = protocolOf(connectionString?.protocol ?? 'mqtt');
  return `As far as TLS all is well up to ${where}. Whether the gateway admits the device over ${title} was not tried.`;
}

module.exports = { verdictOf };
