// @ts-check
'use strict';

const { finding } = require('../causes');
const { endpointOf } = require('../endpoint');
const { protocolOf } = require('../protocols');

/**
 * A device that did not get through is never called healthy, even if no step knows why.
 *
 * @param {import('../../..').DiagnosisFacts} facts
 * @param {import('../../..').Finding[]} found
 * @returns {import('../../..').Finding[]}
 */
function judgeWhole(facts, found) {
  const refused = judgeRefusal(facts, found);
  return [...refused, ...judgeOutcome(facts, [...found, ...refused])];
}

/** Where the secret stands, and what it says. */
const GIVEN = ['connectionString', 'token'];

/**
 * What `connect()` refuses is a problem, even where no step sees why.
 *
 * @param {import('../../..').DiagnosisFacts} facts
 * @param {import('../../..').Finding[]} found
 * @returns {import('../../..').Finding[]}
 */
function judgeRefusal({ connectionString }, found) {
  const { refusal } = connectionString ?? {};
  const seen = found.some(({ severity, step }) => severity === 'problem' && GIVEN.includes(step));
  if (!refusal || seen) return [];
  const refused = finding('connection-string-refused', {
    title: refusal.message,
    explanation: 'connect() refuses such a connection string before it opens a socket; Client may take it.',
    remedy: refusal.hint,
    evidence: { code: refusal.code },
  });
  return [{ ...refused, step: 'connectionString' }];
}

/**
 * @param {import('../../..').DiagnosisFacts} facts
 * @param {import('../../..').Finding[]} found
 * @returns {import('../../..').Finding[]}
 */
function judgeOutcome({ tls, connect, connectionString }, found) {
  const spoken = protocolOf(connectionString?.protocol ?? 'mqtt').session !== undefined;
  const through = spoken ? connect?.outcome === 'accepted' : tls?.accepted === true;
  if (through || found.some(({ severity }) => severity === 'problem')) return [];
  const failure = connect?.failure ?? tls?.failure;
  const { detail = 'nothing more is known', stage, kind } = failure ?? {};
  const unexplained = finding('unexplained', {
    title: `The way to ${endpointOf({ connectionString })} was not found open, and no known cause fits: ${detail}`,
    explanation: 'Each step is in order as far as can be seen.',
    remedy: 'Run the doctor again. If it says the same, report it with the output of --json.',
    evidence: { stage, kind, detail },
  });
  return [{ ...unexplained, step: connect ? 'connect' : 'tls' }];
}

module.exports = { judgeWhole };
