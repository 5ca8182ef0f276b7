// @ts-check
'use strict';

const { main } = require('./command');
const { build, compile, ensureBuilt, ensureInstalled } = require('./setup');

/**
 * Runs the add-ons that `npm run build -- --target` made on the systems they are for. With words behind it, only targets
 * whose names contain one of them: `npm run test:platforms -- musl windows`; with `here`, what `npm run build` makes, on this
 * machine. Ends with 1 if something failed, and with `CI` set if something was not built.
 */
main(async () => {
  const words = process.argv.slice(2);
  const here = words.includes('here');
  ensureInstalled();
  // What lies in `npm/` is what is examined; of other systems it stays, and the add-on is for the gateway on this side.
  if (here) build();
  else ensureBuilt(compile);
  const { examineHere, examinePlatforms } = require('./platforms/run');
  await (here ? examineHere() : examinePlatforms(words));
});
