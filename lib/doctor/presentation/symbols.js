// @ts-check
'use strict';

/**
 * Signs, in columns of one width.
 *
 * @typedef {object} Symbols
 * @property {string} ok
 * @property {string} problem
 * @property {string} warning
 * @property {string} note
 * @property {string} after In order, but behind a step that was not.
 * @property {string} skipped
 * @property {string[]} spinner
 * @property {string} fork A certificate below its issuer.
 * @property {string} narrowFork Where there is little room.
 * @property {string} bar Beside the rows of a certificate that has one below.
 * @property {string} rule
 * @property {string} replacement For what must not reach a terminal.
 */

/** None is an emoji, which some fonts draw two columns wide. @type {Symbols} */
const UNICODE = {
  ok: '✔',
  problem: '✘',
  warning: '!',
  note: 'i',
  after: '·',
  skipped: '–',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  fork: '└─ ',
  narrowFork: '└ ',
  bar: '│ ',
  rule: '─',
  replacement: '\uFFFD',
};

/** @type {Symbols} */
const ASCII = {
  ok: '[ OK ]',
  problem: '[FAIL]',
  warning: '[WARN]',
  note: '[NOTE]',
  after: '[ .. ]',
  skipped: '[SKIP]',
  spinner: ['[ |  ]', '[ /  ]', '[ -  ]', '[ \\  ]'],
  fork: '`- ',
  narrowFork: '` ',
  bar: '| ',
  rule: '-',
  replacement: '?',
};

/** @param {boolean} unicode */
function symbolsOf(unicode) {
  return unicode ? UNICODE : ASCII;
}

module.exports = { symbolsOf };
