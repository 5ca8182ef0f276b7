// @ts-check
'use strict';

const { judgeDates } = require('./certificate_dates');
const { judgeHostName } = require('./certificate_name');
const { judgePath } = require('./certificate_path');

/**
 * Dates, name and path are judged apart: any of them hides the others from a verifier, which stops at the first.
 *
 * @param {import('../../..').DiagnosisFacts} facts
 */
function judgeCertificate(facts) {
  if (!facts.certificate?.presented.length) return [];
  return [...judgePath(facts), ...judgeDates(facts), ...judgeHostName(facts)];
}

module.exports = { judgeCertificate };
