// @ts-check
'use strict';

const { debuglog } = require('node:util');
const { withoutSecrets } = require('../vocabulary/failure');

/**
 * Lines for people who look for what a device does, on standard error. DEBUG names namespaces of the original, as the
 * package `debug` reads it: `azure*`, `azure-iot-device:*,azure-iot-common:*`, `*,-azure-iot-mqtt-base:*`. NODE_DEBUG is
 * Node's own, and takes all: `edge-downstream`. Both are read once.
 */

const wanted = namespacesOf(process.env.DEBUG ?? '');
const nodeDebug = debuglog('edge-downstream');

/** Of a line; a reason may be anybody's. */
const LONGEST = 1000;

/**
 * @param {string} namespace
 * @returns {boolean} Somebody wants lines of this namespace.
 */
function isWanted(namespace) {
  return nodeDebug.enabled || wanted(namespace);
}

/**
 * @param {string} namespace One that `isWanted`.
 * @param {string} text
 */
function writeLine(namespace, text) {
  // A text of others must not move the cursor of a terminal.
  const line = withoutSecrets(text)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, LONGEST);
  if (nodeDebug.enabled) nodeDebug('%s %s', namespace, line);
  if (wanted(namespace)) process.stderr.write(`${new Date().toISOString()} ${namespace} ${line}\n`);
}

/**
 * @param {string} list Patterns between commas or blanks; one with a minus takes away.
 * @returns {(namespace: string) => boolean}
 */
function namespacesOf(list) {
  const patterns = list.split(/[\s,]+/).filter(Boolean);
  const [without, within] = [true, false].map((minus) =>
    patterns
      .filter((each) => each.startsWith('-') === minus)
      .map((each) => patternOf(minus ? each.slice(1) : each)),
  );
  return (namespace) =>
    within.some((pattern) => pattern.test(namespace)) && !without.some((pattern) => pattern.test(namespace));
}

/** @param {string} text `*` stands for anything. */
function patternOf(text) {
  const parts = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*?')}$`);
}

module.exports = { isWanted, namespacesOf, writeLine };
