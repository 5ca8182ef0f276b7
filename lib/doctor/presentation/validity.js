// @ts-check
'use strict';

/** Close to its begin or end, the hour counts, too. */
const CLOSE_DAYS = 2;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * When a certificate is valid, in words.
 *
 * @param {Pick<import('../../..').ExaminedCertificate, 'validFrom' | 'validTo' | 'daysLeft'>} certificate
 * @param {string} at ISO 8601; the begin counts only if it can be read.
 * @returns {{ valid: boolean, left: string, between: string }} `29 days left`; `2025-10-26 to 2025-11-25`
 */
function validity({ validFrom, validTo, daysLeft }, at) {
  const early = Date.parse(validFrom) - Date.parse(at);
  const notYet = early > 0;
  const close = notYet || Math.abs(daysLeft) <= CLOSE_DAYS;
  const date = (/** @type {string} */ iso) =>
    close ? `${iso.slice(0, 16).replace('T', ' ')}Z` : iso.slice(0, 10);
  return {
    valid: daysLeft >= 0 && !notYet,
    left: notYet ? `NOT YET VALID, only in ${span(early)}` : leftOf(daysLeft),
    between: `${date(validFrom)} to ${date(validTo)}`,
  };
}

/** @param {number} days Rounded down. */
function leftOf(days) {
  if (days === 0) return 'less than a day left';
  if (days > 0) return `${plural(days, 'day')} left`;
  return days === -1 ? 'EXPIRED within the last day' : `EXPIRED ${plural(-days - 1, 'day')} ago`;
}

/** @param {number} ms */
function span(ms) {
  if (ms >= DAY_MS) return plural(Math.floor(ms / DAY_MS), 'day');
  return ms >= HOUR_MS ? plural(Math.floor(ms / HOUR_MS), 'hour') : plural(Math.ceil(ms / 60_000), 'minute');
}

/**
 * @param {number} count
 * @param {string} unit
 */
function plural(count, unit) {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

module.exports = { validity };
