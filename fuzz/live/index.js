// @ts-check
'use strict';

/**
 * Fuzz drivers: each feeds damaged input to the product as it runs, and finds what must not be.
 *
 *     node fuzz/live [<name>] [<seconds>] [<seed>]
 *
 * @typedef {object} Fuzzer
 * @property {string} name
 * @property {(run: { seed: number, executions?: number, milliseconds?: number }) => Promise<{ executions: number, findings: string[] }>} fuzz
 *   The same seed gives the same input. It ends at the first finding, which says how to repeat it.
 */

/** @type {Fuzzer[]} */
const FUZZERS = [require('./packets')];

/** All of them, or the one of that name, for so long together. */
async function main() {
  const [name, seconds = '60', seed = `${Date.now() % 1e9}`] = process.argv.slice(2);
  const chosen = FUZZERS.filter((fuzzer) => name === undefined || fuzzer.name === name);
  if (chosen.length === 0) throw new Error(`There is no fuzzer ${name}`);
  for (const { name: each, fuzz } of chosen) {
    const milliseconds = (Number(seconds) * 1000) / chosen.length;
    const { executions, findings } = await fuzz({ seed: Number(seed), milliseconds });
    console.log(`${each}: ${executions} executions from seed ${seed}, ${findings.length} findings`);
    for (const finding of findings) console.log(`  ${finding}`);
    if (findings.length > 0) process.exitCode = 1;
  }
}

if (require.main === module) main();

module.exports = { FUZZERS };
