// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { main, StepFailed } = require('./command');
const { build } = require('./setup');
const { buildTarget } = require('./targets/build_target');
const { TARGETS } = require('./targets/targets');

/**
 * Without arguments for this machine; `--target <triple>` for another, `--target all` for all that can be built here.
 */
main(() => {
  const { target } = targets();
  if (!target) return build();
  const triples = target.includes('all') ? TARGETS.map(({ triple }) => triple) : target;
  for (const triple of triples) buildTarget(triple);
});

function targets() {
  try {
    return parseArgs({ options: { target: { type: 'string', multiple: true } } }).values;
  } catch (error) {
    throw new StepFailed(/** @type {Error} */ (error).message);
  }
}
