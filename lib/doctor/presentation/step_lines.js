// @ts-check
'use strict';

const { duration } = require('./duration');
const { summaryOf } = require('./summary');
const { hang, widthOf, wrap } = require('./wrap');

/** @typedef {import('./look').Look} Look */

/** Columns of the longest title, and of the longest time. */
const TITLE = 17;
const TIME = 6;
/** What is left for words beside title and time must be worth it. */
const ENOUGH = 44;

/**
 * A step that was taken: what became of it, how long it took, and what it found out or found to be wrong.
 *
 * @param {{ step: import('../../..').DiagnosisStep, facts: import('../../..').DiagnosisFacts, findings: import('../../..').Finding[] }} ended
 * @param {Look} look
 * @param {object} place
 * @param {boolean} place.oneLine However long.
 * @param {boolean} place.failed A step before it found a problem.
 */
function stepLines({ step, facts, findings }, { paint, symbols, width }, { oneLine, failed }) {
  const { status, title, ms } = step;
  const texts = textsOf(step, facts, findings);
  const sign = failed && status === 'ok' ? symbols.after : symbols[status];
  const time = status === 'skipped' ? '' : duration(ms);
  const head = `${sign} ${title.padEnd(TITLE)} ${time.padStart(TIME)}  `;
  const indent = widthOf(head);
  const accent = status === 'skipped' || sign === symbols.after ? undefined : status;
  const strong = status === 'problem' ? /** @type {const} */ ('strong') : undefined;
  const painted = (/** @type {string} */ text) => paint(sign, accent, 'strong') + paint(text, strong);
  if (oneLine) return [painted((head + texts.join('; ')).slice(sign.length).trimEnd())];
  const beside = width - indent;
  if (beside >= ENOUGH) {
    const lines = texts.flatMap((text) => wrap(text, beside));
    const [first, ...rest] = hang(lines.length > 0 ? lines : [''], head);
    return [painted(first.slice(sign.length).trimEnd()), ...rest.map((line) => paint(line, strong))];
  }
  const margin = ' '.repeat(widthOf(sign) + 1);
  const below = texts.flatMap((text) => hang(wrap(text, width - margin.length), margin));
  const top = time === '' ? ` ${title}` : ` ${title}, ${time}`;
  return [painted(top), ...below.map((line) => paint(line, strong))];
}

/**
 * @param {import('../../..').DiagnosisStep} step
 * @param {import('../../..').DiagnosisFacts} facts
 * @param {import('../../..').Finding[]} findings
 */
function textsOf({ name, status, reason }, facts, findings) {
  if (status === 'skipped') return [`skipped: ${reason}`];
  const problems = findings.filter(({ severity }) => severity === 'problem').map(({ title }) => title);
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const summary = problems.length > 0 ? [] : [summaryOf(name, facts)].filter(Boolean);
  return [...problems, ...summary, ...warnings.map(({ title }) => `warning: ${title}`)];
}

module.exports = { stepLines };
