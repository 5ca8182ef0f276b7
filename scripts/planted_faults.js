// @ts-check
'use strict';

const { FAULTS } = require('../__test__/planted');
const { main, ROOT, StepFailed } = require('./command');
const { runCheck } = require('./planting/check');
const { COPY, refresh, write } = require('./planting/copy');
const { editedFiles } = require('./planting/fault');
const { ensureBuilt, ensureInstalled } = require('./setup');

/**
 * Plants faults one by one on a copy, and looks whether the tests see them. Arguments: words, of which a fault's name has to
 * contain one.
 */
main(() => {
  const words = process.argv.slice(2);
  const faults = FAULTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  if (faults.length === 0) throw new StepFailed(`No fault is named so: ${words.join(', ')}`);
  // All places first: minutes later is too late to say that one is gone.
  const planted = faults.map((fault) => ({ fault, files: editedFiles(ROOT, fault) }));

  ensureInstalled();
  ensureBuilt();
  refresh();
  const missed = [];
  const sound = new Set();
  for (const { fault, files } of planted) {
    const isInRust = [...files.keys()].some((file) => file.endsWith('.rs'));
    requireSound(fault, sound);
    for (const [file, text] of files) write(file, text);
    const verdict = judge(fault, runCheck(fault.check, isInRust));
    console.log(`${verdict === undefined ? 'seen  ' : 'MISSED'}  ${fault.name}`);
    if (verdict !== undefined) missed.push(`${fault.name}: ${verdict}`);
    refresh();
  }
  if (missed.length > 0) throw new StepFailed(missed.join('\n\n'));
  console.log(`All ${faults.length} are seen. The copy lies in ${COPY}`);
});

/**
 * Without the edits the check passes; looked at once for each.
 *
 * @param {import('./planting/fault').Fault} fault
 * @param {Set<string>} sound
 */
function requireSound({ check, outcome }, sound) {
  const name = 'cargo' in check ? check.cargo : check.node;
  if (sound.has(name) || outcome === 'passes') return;
  const { passed, output } = runCheck(check, false);
  if (!passed) throw new StepFailed(`${name} fails without any fault:\n${output}`);
  sound.add(name);
}

/**
 * @param {import('./planting/fault').Fault} fault
 * @param {{ passed: boolean, output: string }} result
 * @returns {string | undefined} Why the check has not done its work.
 */
function judge({ check, outcome = 'fails' }, { passed, output }) {
  const end = output.slice(-3000);
  if (passed !== (outcome === 'passes')) return `its check ${passed ? 'passes' : 'fails'}:\n${end}`;
  return check.says.test(output) ? undefined : `its check does not say ${check.says}:\n${end}`;
}
