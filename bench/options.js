// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { contenders } = require('./contenders');
const { figures } = require('./figures');

/** Fewer runs than this and the result does not count. */
const COUNTED_RUNS = 5;

const figureIds = figures.map((figure) => figure.id);
const contenderIds = contenders.map((contender) => contender.id);

const HELP = `npm run bench -- [options]

  --quick            one run of everything; shows the figures, but the result does not count
  --runs <n>         runs of each figure and client, default ${COUNTED_RUNS}; below ${COUNTED_RUNS} the result does not count
  --only <figure>    this figure only; may be repeated. Figures:
                       ${figureIds.join(', ')}
  --clients <list>   these clients only, separated by commas: ${contenderIds.join(', ')}
  --help             this text

Exit code: 0 when every measured target is met, 1 when one is missed, 2 when the bench could not run.`;

class UsageError extends Error {}

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {number} runs
 * @property {boolean} counts whether the result is one to quote
 * @property {import('./figures').Figure[]} figures
 * @property {import('./contenders').Contender[]} contenders
 */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {UsageError} naming what is wrong
 */
function parseOptions(args) {
  const { quick, runs, only, clients, help } = parse(args);
  if (quick && runs !== undefined) throw new UsageError('--quick is one run: give it or --runs, not both');
  const count = quick ? 1 : wholeNumber('--runs', runs ?? String(COUNTED_RUNS));
  return {
    help,
    runs: count,
    counts: count >= COUNTED_RUNS,
    figures: pick('--only', only, figures),
    contenders: pick('--clients', clients, contenders),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        quick: { type: 'boolean', default: false },
        runs: { type: 'string' },
        only: { type: 'string', multiple: true },
        clients: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { ...values, quick: values.quick === true, help: values.help === true };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} option
 * @param {string} text
 */
function wholeNumber(option, text) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1000) {
    throw new UsageError(`${option} takes a whole number from 1 to 1000, not '${text}'`);
  }
  return value;
}

/**
 * @template {{ id: string }} T
 * @param {string} option
 * @param {string[] | undefined} lists
 * @param {T[]} all
 * @returns {T[]} in the order of `all`; all where nothing was asked for
 */
function pick(option, lists, all) {
  if (!lists) return all;
  const wanted = lists.flatMap((list) => list.split(','));
  const ids = all.map((one) => one.id);
  const unknown = wanted.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(`${option} knows no '${unknown}'; it takes ${ids.join(', ')}`);
  }
  return all.filter((one) => wanted.includes(one.id));
}

module.exports = { parseOptions, UsageError, HELP };
