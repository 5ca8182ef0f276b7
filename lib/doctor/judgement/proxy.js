// @ts-check
'use strict';

const { explained, explanationOf } = require('./explained');

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeProxy(facts) {
  const { host, port, origin, fault, failure } = facts.proxy ?? {};
  if (fault) return [explained(facts, { ...fault, remedy: fault.hint }) ?? []].flat();
  if (!failure) return [];
  const evidence = { host, port, origin, stage: failure.stage, detail: failure.detail };
  return [explained(facts, explanationOf(facts, failure), evidence) ?? []].flat();
}

module.exports = { judgeProxy };
