// @ts-check
'use strict';

const { OURS } = require('./contenders');
const { targets } = require('./targets');

/**
 * @typedef {import('./targets').Target} Target
 * @typedef {import('./samples').Samples} Samples
 * @typedef {Target & { reached?: number, met?: boolean }} Verdict without `met` where it was not measured
 */

/**
 * @param {Samples} samples
 * @param {Target[]} [wanted]
 * @returns {Verdict[]}
 */
function judge(samples, wanted = targets) {
  return wanted.map((target) => {
    const reached = reachedBy(samples, target);
    if (reached === undefined) return { ...target };
    const { atLeast = -Infinity, atMost = Infinity } = target;
    // A ratio that is not a number (nothing divided by nothing) meets no target.
    return { ...target, reached, met: reached >= atLeast && reached <= atMost };
  });
}

/**
 * @param {Samples} samples
 * @param {Target} target
 */
function reachedBy(samples, { figure, metric, against }) {
  const ours = samples.median(figure, OURS, metric);
  if (ours === undefined || against === undefined) return ours;
  const theirs = samples.median(figure, against, metric);
  return theirs === undefined ? undefined : ours / theirs;
}

module.exports = { judge };
