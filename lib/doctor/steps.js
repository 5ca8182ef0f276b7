// @ts-check
'use strict';

/** @typedef {import('../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../..').DiagnosisStepName} DiagnosisStepName */
/** @typedef {Omit<import('../..').Finding, 'step'>} Finding */

/**
 * One step of the examination. It knows nothing of how it is shown.
 *
 * @template {DiagnosisStepName} Name
 * @typedef {object} Step
 * @property {Name} name Also that of its facts.
 * @property {string} title
 * @property {(settings: import('./settings').Settings) => boolean} [applies] Whether it is one of this examination.
 * @property {(facts: DiagnosisFacts, examination: import('./examination').Examination) => string | undefined} [skip] Why it
 *   cannot be taken, if so.
 * @property {(examination: import('./examination').Examination) =>
 *   NonNullable<DiagnosisFacts[Name]> | Promise<NonNullable<DiagnosisFacts[Name]>>} gather Finds out what is so.
 * @property {(facts: DiagnosisFacts) => Finding[]} judge Says what of it is wrong. Looks at nothing but facts: those of
 *   this step are there, and of the steps before those that were taken.
 */

/** In the order of contract edge-gateway.md §10.2, which is that of a connection. */
const STEPS = Object.freeze([
  require('./steps/connection_string'),
  require('./steps/ca'),
  require('./steps/client_certificate'),
  require('./steps/proxy'),
  require('./steps/name'),
  require('./steps/port'),
  require('./steps/tls'),
  require('./steps/certificate'),
  require('./steps/clock'),
  require('./steps/token'),
  require('./steps/greeting'),
  require('./steps/connect'),
  require('./steps/send'),
  require('./steps/stay'),
]);

module.exports = { STEPS };
