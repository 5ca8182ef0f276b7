// @ts-check
'use strict';

const { byLikelihood } = require('./causes');
const { isoTime } = require('./certificate');
const { judgeWhole } = require('./judgement/whole');
const { unknowable } = require('./hub_side');
const { LIMITS } = require('./limits');
const { readSettings } = require('./settings');
const { STEPS } = require('./steps');
const { presentable } = require('./texts');
const { verdictOf } = require('./verdict');

/** @typedef {import('../..').Diagnosis} Diagnosis */
/** @typedef {import('../..').DiagnosisStep} DiagnosisStep */
/** @typedef {import('../..').Finding} Finding */

/**
 * What steps work with. `facts` is all of it that is ever shown, less keys in the wrong place; the rest holds what must not
 * be, or what facts cannot be.
 *
 * @typedef {object} Examination
 * @property {import('./settings').Settings} settings
 * @property {import('./limits').Limits} limits
 * @property {() => number} now Milliseconds since 1970.
 * @property {NodeJS.ProcessEnv} env
 * @property {number[]} [otherPorts] To compare with.
 * @property {number[]} [webPorts] Where the time is asked.
 * @property {(step: import('../..').DiagnosisStepName, stage: string) => void} stage Tells how far a step has come.
 * @property {import('../..').DiagnosisFacts} facts
 * @property {import('../proxy/proxy').Proxy} [proxy] The way leads through it.
 * @property {Promise<import('../native/binding').NativeProbeResult>} [handshake] See `handshake.js`.
 * @property {string} [secret] The key or the token of the connection string.
 * @property {Partial<import('../native/binding').NativeRequest>} [proof] What authenticates the connection.
 * @property {import('../tls/trust').Trust} [trust]
 * @property {import('node:crypto').X509Certificate[]} [roots] Those given.
 * @property {Buffer[]} [chain] What the gateway presents, DER.
 * @property {import('./visit').Visit} [visit]
 */

/**
 * What surrounds an examination; tests replace it.
 *
 * @typedef {object} Surroundings
 * @property {NodeJS.ProcessEnv} [env]
 * @property {Partial<import('./limits').Limits>} [limits]
 * @property {() => number} [now]
 * @property {number[]} [otherPorts]
 * @property {number[]} [webPorts]
 */

/**
 * Takes the steps one by one and sums up what they find. No finding ends it: a step is skipped only when it cannot be
 * taken.
 *
 * @param {import('../..').DiagnoseOptions} [options]
 * @param {Surroundings} [surroundings]
 * @returns {Promise<Diagnosis>}
 * @throws {ArgumentError} An option is unknown or cannot be used, or there is no connection string.
 */
async function examine(options = {}, surroundings = {}) {
  const { env = process.env, now = Date.now, otherPorts, webPorts } = surroundings;
  const settings = readSettings(options, env);
  /** @type {Examination} */
  const examination = {
    settings,
    limits: limitsOf(settings.timeout, surroundings.limits),
    now,
    env,
    otherPorts,
    webPorts,
    stage: (step, stage) => settings.onProgress({ kind: 'stage', step, stage }),
    facts: {},
  };
  const time = isoTime(new Date(now()));
  const begin = performance.now();
  /** @type {DiagnosisStep[]} */
  const steps = [];
  /** @type {Finding[]} */
  const found = [];
  try {
    for (const step of STEPS.filter(({ applies }) => applies?.(settings) ?? true)) {
      settings.onProgress({ kind: 'started', step: step.name, title: step.title });
      const { taken, findings } = await take(step, examination);
      steps.push(taken);
      found.push(...findings);
      const { facts } = examination;
      settings.onProgress(presentable({ kind: 'ended', step: taken, facts, findings }));
    }
  } finally {
    await examination.visit?.leave(examination.limits.closeMs);
    examination.proof?.identity?.key.fill(0);
  }
  const { facts } = examination;
  const findings = byLikelihood([...found, ...judgeWhole(facts, found)]);
  return presentable({
    form: 1,
    healthy: findings[0]?.severity !== 'problem',
    verdict: verdictOf(facts, findings),
    findings,
    steps,
    facts,
    unknowable: unknowable(facts),
    time,
    ms: Math.round(performance.now() - begin),
  });
}

/**
 * @param {import('./steps').Step<any>} step
 * @param {Examination} examination
 * @returns {Promise<{ taken: DiagnosisStep, findings: Finding[] }>}
 */
async function take({ name, title, skip, gather, judge }, examination) {
  const { facts } = examination;
  const reason = skip?.(facts, examination);
  if (reason !== undefined) return { taken: { name, title, status: 'skipped', ms: 0, reason }, findings: [] };
  const begin = performance.now();
  /** @type {any} */ (facts)[name] = await gather(examination);
  const ms = Math.round(performance.now() - begin);
  const findings = byLikelihood(judge(facts)).map((each) => ({ ...each, step: name }));
  const worst = findings[0]?.severity;
  const status = worst === 'problem' || worst === 'warning' ? worst : 'ok';
  return { taken: { name, title, status, ms }, findings };
}

/**
 * @param {number | undefined} timeout The longest wait for CONNACK; nothing before may take longer.
 * @param {Partial<import('./limits').Limits>} [changes]
 * @returns {import('./limits').Limits}
 */
function limitsOf(timeout, changes) {
  const limits = { ...LIMITS, ...changes };
  if (timeout === undefined) return limits;
  const { nameMs, tcpMs, tunnelMs, tlsMs } = limits;
  const atMost = (/** @type {number} */ ms) => Math.min(ms, timeout);
  return {
    ...limits,
    nameMs: atMost(nameMs),
    tcpMs: atMost(tcpMs),
    tunnelMs: atMost(tunnelMs),
    tlsMs: atMost(tlsMs),
    connackMs: timeout,
  };
}

module.exports = { examine };
