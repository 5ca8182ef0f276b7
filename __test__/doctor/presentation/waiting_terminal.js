'use strict';

const { terminalPresentation } = require('../../../lib/doctor/presentation/terminal');

/** A process that waits for the answer to CONNECT until somebody ends it; its output takes itself for a terminal. */
const stream = {
  isTTY: true,
  columns: 80,
  write: (/** @type {string} */ text) => process.stdout.write(text),
};
const env = { LANG: 'C.UTF-8', TERM: 'xterm' };
const presentation = terminalPresentation(stream, { color: true, env });
presentation.progress({ kind: 'started', step: 'connect', title: 'CONNECT' });
setInterval(() => {}, 1 << 30);
