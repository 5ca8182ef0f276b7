// @ts-check
'use strict';

/** What a command ends with, as docs/doctor.md tells it. */
const EXIT_CODES = Object.freeze({
  well: 0,
  problem: 1,
  misunderstood: 2,
  /** There is no report, by no fault of the device. */
  noReport: 3,
  /** Of what SIGPIPE ended, which Node ignores. */
  pipe: 128 + 13,
});

module.exports = { EXIT_CODES };
