// @ts-check
'use strict';

const { hanging, widthOf } = require('./wrap');

/** @typedef {import('../../..').Finding} Finding */
/** @typedef {import('./look').Look} Look */

const TODO = 'What to do:';

/**
 * Findings beside the most likely cause. Those that differ only in what they were found at, such as all the certificates
 * of a chain when the clock is wrong, are explained together.
 *
 * @param {Finding[]} findings
 * @param {Look} look
 */
function findingLines(findings, look) {
  return groupsOf(findings).flatMap((group) => [
    '',
    ...group.flatMap((finding) => titleLines(finding, look)),
    ...bodyLines(group[0], look),
  ]);
}

/** @param {Finding[]} findings */
function groupsOf(findings) {
  /** @type {Finding[][]} */
  const groups = [];
  for (const finding of findings) {
    const last = groups[groups.length - 1];
    if (last && sameBody(last[0], finding)) last.push(finding);
    else groups.push([finding]);
  }
  return groups;
}

/**
 * @param {Finding} one
 * @param {Finding} other
 */
function sameBody(one, other) {
  const parts = /** @type {const} */ (['code', 'explanation', 'remedy', 'command']);
  return parts.every((part) => one[part] === other[part]) && evidenceOf(one) === evidenceOf(other);
}

/**
 * @param {Finding} finding
 * @param {Look} look
 */
function titleLines({ code, severity, title }, { paint, symbols, width }) {
  const sign = symbols[severity];
  const [first, ...rest] = hanging(`${severity}: ${title} (${code})`, width, `${sign} `);
  const accent = severity === 'note' ? undefined : severity;
  return [
    paint(sign, accent, 'strong') + paint(first.slice(sign.length), 'strong'),
    ...rest.map((line) => paint(line, 'strong')),
  ];
}

/**
 * Why, what to do, the command, and the facts that decided.
 *
 * @param {Finding} finding
 * @param {Look} look
 */
function bodyLines(finding, look) {
  const { explanation, remedy, command } = finding;
  const { paint, symbols, width } = look;
  const margin = ' '.repeat(widthOf(symbols.ok) + 1);
  const evidence = evidenceOf(finding);
  const [todo, ...rest] = hanging(`${TODO} ${remedy}`, width, margin);
  return [
    ...hanging(explanation + evidence, width, margin),
    margin + paint(TODO, 'strong') + todo.slice(margin.length + TODO.length),
    ...rest,
    ...(command === undefined ? [] : [paint(commandLine(command, look), 'strong')]),
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

/** For programs: the title tells it in words. */
const SILENT = ['again', 'address', 'code', 'kind', 'ms', 'outcome', 'port', 'speaks', 'stage', 'where'];

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
    return SILENT.includes(name) || text === '' || told.includes(text) ? [] : [`${words(name)}: ${text}`];
  });
  return facts.length === 0 ? '' : ` Seen: ${facts.join('; ')}.`;
}

/** @param {string} name `commonName` */
function words(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

module.exports = { bodyLines, commandLine, findingLines };
