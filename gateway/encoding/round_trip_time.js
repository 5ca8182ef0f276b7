// @ts-check
'use strict';

/** .NET's round-trip format in UTC; JavaScript gives three of the seven digits. */
const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/**
 * A time as .NET writes it, with seven fractional digits: `2026-11-26T12:34:56.0000000Z`.
 * @param {Date | string} time
 * @returns {string | undefined} undefined: no time
 */
function roundTripTime(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return undefined;
  const [, seconds, fraction = ''] =
    (typeof time === 'string' && UTC.exec(time)) ||
    /** @type {string[]} */ (UTC.exec(date.toISOString())) ||
    [];
  // Years beyond 9999 have another form.
  return seconds === undefined ? undefined : `${seconds}.${fraction.slice(0, 7).padEnd(7, '0')}Z`;
}

module.exports = { roundTripTime };
