// @ts-check
'use strict';

const { outcomeOf } = require('../verdict');
const { duration } = require('./duration');
const { bodyLines, commandLine, findingLines } = require('./finding_lines');
const { verifyReturnCode } = require('./verify_return_code');
const { hanging, widthOf, wrap } = require('./wrap');

/** @typedef {import('../../..').Diagnosis} Diagnosis */
/** @typedef {import('./look').Look} Look */

/**
 * The end of the report. What matters most stands last, where a terminal shows it: the verdict, the most likely cause and
 * what to do about it.
 *
 * @param {Diagnosis} diagnosis
 * @param {Look} look
 */
function closingLines(diagnosis, look) {
  const { facts, findings, healthy } = diagnosis;
  const others = findingLines(healthy ? findings : findings.slice(1), look);
  const rule = look.symbols.rule.repeat(look.width);
  // Where the way ended early there is little besides, and the verdict goes before it.
  if (!healthy && facts.connect === undefined) {
    return ['', rule, ...causeLines(diagnosis, look, 'below'), ...others];
  }
  return [
    ...others,
    ...unknown(diagnosis, look),
    '',
    rule,
    ...(healthy ? healthyLines(diagnosis, look) : causeLines(diagnosis, look, 'above')),
  ];
}

/**
 * @param {Diagnosis} diagnosis
 * @param {Look} look
 */
function unknown({ unknowable }, look) {
  if (unknowable.length === 0) return [];
  return [
    '',
    ...heading('What cannot be known from this device, and the command that tells it at the hub:', look),
    ...unknowable.flatMap((each) => unknowableLines(each, look)),
  ];
}

/**
 * @param {string} text
 * @param {Look} look
 */
function heading(text, { paint, width }) {
  return wrap(text, width).map((line) => paint(line, 'strong'));
}

/**
 * @param {import('../../..').Unknowable} unknowable
 * @param {Look} look
 */
function unknowableLines({ what, command }, look) {
  return [...hanging(what, look.width, marginOf(look)), commandLine(command, look)];
}

/**
 * @param {Diagnosis} diagnosis
 * @param {Look} look
 * @param {'above' | 'below'} place Where the others stand.
 */
function causeLines({ facts, findings }, look, place) {
  const { paint, width } = look;
  const [cause, ...others] = findings;
  const problems = others.filter(({ severity }) => severity === 'problem').length;
  const margin = marginOf(look);
  return [
    ...verdictLine('problem', outcomeOf(facts, findings), look),
    '',
    ...hanging(`Most likely: ${cause.title} (${cause.code})`, width, margin).map((line) =>
      paint(line, 'problem', 'strong'),
    ),
    ...bodyLines(cause, look),
    ...(problems === 0 ? [] : ['', ...hanging(`${more(problems)}; see ${place}.`, width, margin)]),
  ];
}

/** @param {number} problems */
function more(problems) {
  return problems === 1 ? 'There is one more problem' : `There are ${problems} more problems`;
}

/**
 * @param {Diagnosis} diagnosis
 * @param {Look} look
 */
function healthyLines({ facts, findings, ms }, look) {
  const margin = marginOf(look);
  const code = verifyReturnCode(facts);
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return [
    ...verdictLine('ok', outcomeOf(facts, findings), look),
    ...(warnings === 0
      ? []
      : hanging(
          `${warnings === 1 ? 'One warning' : `${warnings} warnings`}; see above.`,
          look.width,
          margin,
        )),
    ...hanging(`${code === undefined ? '' : `${code}. `}Examined in ${duration(ms)}.`, look.width, margin),
  ];
}

/**
 * @param {'ok' | 'problem'} kind
 * @param {string} text
 * @param {Look} look
 */
function verdictLine(kind, text, { paint, symbols, width }) {
  return hanging(text, width, `${symbols[kind]} `).map((line) => paint(line, kind, 'strong'));
}

/** @param {Look} look */
function marginOf({ symbols }) {
  return ' '.repeat(widthOf(symbols.ok) + 1);
}

module.exports = { closingLines };
