// @ts-check
'use strict';

const { duration } = require('./duration');
const { hanging, widthOf } = require('./wrap');

/** @typedef {import('../../..').Finding} Finding */
/** @typedef {import('./look').Look} Look */

const TODO = 'What to do:';

/**
 * A finding that is not the most likely cause, or no problem.
 *
 * @param {Finding} finding
 * @param {Look} look
 */
function findingLines(finding, look) {
  const { severity, title } = finding;
  const { paint, symbols, width } = look;
  const sign = symbols[severity];
  const text = `${severity}: ${title}`;
  const [first, ...rest] = hanging(text, width, `${sign} `);
  const accent = severity === 'note' ? undefined : severity;
  return [
    paint(sign, accent, 'strong') + paint(first.slice(sign.length), 'strong'),
    ...rest.map((line) => paint(line, 'strong')),
    ...bodyLines(finding, look),
  ];
}

/**
 * Why, what to do, the command, and the facts that decided.
 *
 * @param {Finding} finding
 * @param {Look} look
 */
function bodyLines(finding, look) {
  const { code, explanation, remedy, command } = finding;
  const { paint, symbols, width } = look;
  const margin = ' '.repeat(widthOf(symbols.ok) + 1);
  const evidence = evidenceOf(finding);
  const [todo, ...rest] = hanging(`${TODO} ${remedy}`, width, margin);
  return [
    ...hanging(explanation, width, margin),
    ...hanging(`${evidence}Code: ${code}.`, width, margin),
    '',
    margin + paint(TODO, 'strong') + todo.slice(margin.length + TODO.length),
    ...rest,
    ...(command === undefined ? [] : ['', paint(commandLine(command, look), 'strong')]),
  ];
}

/**
 * A command has a line of its own, which is never broken: it is there to be copied.
 *
 * @param {string} command
 * @param {Look} look
 */
function commandLine(command, { symbols }) {
  return ' '.repeat(widthOf(symbols.ok) + 3) + command;
}

/**
 * What was not yet told. Of certificates the tree shows it all.
 *
 * @param {Finding} finding
 */
function evidenceOf({ step, title, explanation, remedy, evidence }) {
  if (step === 'certificate') return '';
  const told = `${title}\n${explanation}\n${remedy}`;
  const facts = Object.entries(evidence).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    if (text === '' || told.includes(text)) return [];
    return [name === 'ms' ? `it took ${duration(Number(value))}` : `${words(name)}: ${text}`];
  });
  return facts.length === 0 ? '' : `Seen: ${facts.join('; ')}. `;
}

/** @param {string} name `commonName` */
function words(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

module.exports = { bodyLines, commandLine, findingLines };
