// @ts-check
'use strict';

const DAY = 24 * 3600 * 1000;

/** Of certGen.sh's certificates and of edgeHub's server certificate. */
const VALIDITY = 30 * DAY;
/** Of the self-signed CA of a quick-start gateway. */
const QUICK_START_VALIDITY = 90 * DAY;

/**
 * X.509 times have whole seconds; rounding down keeps "now" out of the future.
 * @param {number} milliseconds
 */
function wholeSecond(milliseconds) {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

module.exports = { QUICK_START_VALIDITY, VALIDITY, wholeSecond };
