// @ts-check
'use strict';

const { against } = require('../gateway/__test__/rows/against');
const { table } = require('../gateway/__test__/rows/table');

/**
 * The rows of the local gateway's behaviour, with what each rests on; or, with `--against`, whether another gateway does
 * as it does.
 *
 *     npm run gateway:rows
 *     npm run gateway:rows -- --tests
 *     npm run gateway:rows -- --against <connection string> --ca <file> [--cloud none]
 */
async function main() {
  const args = process.argv.slice(2);
  const print = (/** @type {string} */ line) => console.log(line);
  if (args.length === 0) table(print);
  else if (args.length === 1 && args[0] === '--tests') table(print, { tests: true });
  else process.exitCode = await against(args, print);
}

main();
