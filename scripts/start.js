// @ts-check
'use strict';

const { main } = require('./command');
const { HELP, readOptions } = require('./demonstration/options');
const { ensureBuilt, ensureInstalled } = require('./setup');

/** `npm start`: from a fresh clone to a device that talks to a gateway. */
main(async () => {
  const { options, help, fault } = readOptions(process.argv.slice(2));
  if (help) return console.log(HELP);
  if (fault) {
    console.error(`${fault}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  ensureInstalled();
  ensureBuilt();
  // Only now: the gateway needs what was just installed.
  const { demonstrate } = require('./demonstration/demonstrate');
  process.exitCode = await demonstrate(options);
});
