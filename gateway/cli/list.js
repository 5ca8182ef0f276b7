// @ts-check
'use strict';

const { CHAIN_VARIANTS } = require('../certificates/variants');
const { faultsText } = require('../faults/notation');

/** What --certificate and --fault can be. */
function listText() {
  const variants = Object.entries(CHAIN_VARIANTS).map(
    ([name, meaning]) => `    ${name.padEnd(28)} ${meaning}`,
  );
  return ['--certificate', ...variants, '', '--fault', faultsText()].join('\n');
}

module.exports = { listText };
