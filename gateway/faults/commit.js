// @ts-check
'use strict';

/**
 * @typedef {import('../index').Ending} Ending
 * @typedef {import('../index').Disturbance} Disturbance
 *
 * What a fault is committed on.
 * @typedef {object} Line
 * @property {(bytes: Buffer) => void} send as they are
 * @property {(ms: number, action: () => void) => void} after never, once the connection has ended
 * @property {(how: Ending) => void} end
 */

/**
 * Commits a fault, then goes on unless it ends the connection or silences the gateway. Words and keys that belong to
 * one point alone are for whoever goes on there.
 * @param {Ending | 'silent' | Disturbance | undefined} fault
 * @param {Line} line
 * @param {() => void} proceed
 */
function commit(fault, line, proceed) {
  if (fault === undefined) return proceed();
  if (fault === 'silent') return;
  if (typeof fault === 'string') return line.end(fault);
  const { delayMs = 0, inject, then } = fault;
  const act = () => {
    if (inject !== undefined) line.send(bytesOf(inject));
    if (then === undefined) proceed();
    else line.end(then);
  };
  if (delayMs > 0) line.after(delayMs, act);
  else act();
}

/**
 * @param {Uint8Array | string} bytes or hexadecimal
 */
function bytesOf(bytes) {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : Buffer.from(bytes);
}

module.exports = { bytesOf, commit };
