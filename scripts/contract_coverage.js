// @ts-check
'use strict';

const { gaps, lines } = require('../__test__/contract/coverage');
const { ROWS } = require('../__test__/contract/rows');

/** Prints what azure-iot-device promises of twins, methods and subscriptions, with the tests that hold it; fails on a gap. */
for (const line of lines(ROWS)) console.log(line);
const open = gaps(ROWS);
console.log(
  `\n${ROWS.length} rows, ${ROWS.filter(({ later }) => later).length} of features to come, ${open.length} gaps`,
);
for (const gap of open) console.error(gap);
if (open.length > 0) process.exitCode = 1;
