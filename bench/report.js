// @ts-check
'use strict';

const { OURS, contenders: everyone } = require('./contenders');
const { metrics } = require('./figures');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {import('./figures').Figure} Figure
 * @typedef {import('./samples').Samples} Samples
 * @typedef {import('./verdicts').Verdict} Verdict
 */

/** In the JSON file, but not a line of the table: memory above idle says it better. */
const UNSHOWN = ['rssBytes'];

/**
 * The medians, and behind each of the others' ours divided by theirs.
 *
 * @param {Samples} samples
 * @param {Figure[]} figures
 * @param {Contender[]} contenders
 * @returns {string}
 */
function figureTable(samples, figures, contenders) {
  const rows = [['', ...contenders.flatMap(({ id, name }) => (id === OURS ? [name] : [name, '']))]];
  for (const figure of figures) {
    rows.push([figure.title]);
    for (const metric of samples.metricsOf(figure.id).filter((name) => !UNSHOWN.includes(name))) {
      const ours = samples.median(figure.id, OURS, metric);
      const cells = contenders.flatMap(({ id }) => {
        const value = samples.median(figure.id, id, metric);
        const text = value === undefined ? '' : metrics[metric].format(value);
        if (id === OURS) return [text];
        return [text, ours === undefined || value === undefined ? '' : formatRatio(ours / value)];
      });
      rows.push([`  ${metrics[metric].label}`, ...cells]);
    }
  }
  return align(rows);
}

/**
 * @param {Verdict[]} verdicts
 * @returns {string}
 */
function verdictTable(verdicts) {
  const names = Object.fromEntries(everyone.map(({ id, name }) => [id, name]));
  const rows = verdicts.map((verdict) => {
    const format = verdict.against ? formatRatio : metrics[verdict.metric].format;
    const unit = verdict.metric === 'installedBytes' ? ' MB' : '';
    const bound =
      verdict.atLeast !== undefined ? `≥ ${format(verdict.atLeast)}` : `≤ ${format(verdict.atMost ?? NaN)}`;
    const outcome = verdict.met ? 'met' : 'MISSED';
    const against = verdict.against ? `of ${names[verdict.against]}` : '';
    return [
      verdict.text,
      against,
      `${bound}${unit}`,
      verdict.reached === undefined ? '' : `${format(verdict.reached)}${unit}`,
      verdict.met === undefined ? 'not measured' : outcome,
    ];
  });
  return align([['target', '', 'wanted', 'reached', ''], ...rows], ['left', 'left']);
}

/** @param {number} ratio @returns {string} 12.3×, or 1/12.3 where ours is the smaller */
function formatRatio(ratio) {
  const digits = (/** @type {number} */ value) => {
    // Rounded towards the worse: 9.97× is not shown as 10×.
    const places = value < 10 ? 100 : 10;
    return String(Math.floor(value * places + 1e-9) / places);
  };
  return ratio >= 1 || !(ratio > 0) ? `${digits(ratio)}×` : `1/${digits(1 / ratio)}`;
}

/**
 * @param {string[][]} rows
 * @param {('left' | 'right')[]} sides of the columns, the first left and the rest right where nothing is said
 * @returns {string}
 */
function align(rows, sides = ['left']) {
  /** @type {number[]} */
  const widths = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          sides[column] === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

module.exports = { figureTable, verdictTable };
