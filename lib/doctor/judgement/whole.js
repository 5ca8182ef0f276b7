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
  const { tls, connect, connectionString } = facts;
  const spoken = protocolOf(connectionString?.protocol ?? 'mqtt').session !== undefined;
  const through = spoken ? connect?.outcome === 'accepted' : tls?.accepted === true;
  if (through || found.some(({ severity }) => severity === 'problem')) return [];
  const failure = connect?.failure ?? tls?.failure;
  const { detail = 'nothing more is known', stage, kind } = failure ?? {};
  const unexplained = finding('unexplained', {
    title: `The way to ${endpointOf(facts)} was not found open, and no known cause fits: ${detail}`,
    explanation: 'Each step is in order as far as can be seen.',
    remedy: 'Run the doctor again. If it says the same, report it with the output of --json.',
    evidence: { stage, kind, detail },
  });
  return [{ ...unexplained, step: connect ? 'connect' : 'tls' }];
}

module.exports = { judgeWhole };
