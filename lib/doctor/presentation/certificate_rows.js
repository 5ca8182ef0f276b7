// @ts-check
'use strict';

const { validity } = require('./validity');

/**
 * A line about a certificate.
 *
 * @typedef {object} Row
 * @property {string} [label]
 * @property {string} text
 * @property {boolean} [fault] It says what is wrong.
 */

/**
 * What a person compares: who it is, whose it is, until when, which key.
 *
 * @param {import('./chain_links').Link} link
 * @param {object} seen
 * @param {string} seen.at When it was looked at, ISO 8601.
 * @param {boolean} seen.wrongName It is the server's, and not for the name it was called by.
 * @returns {Row[]}
 */
function certificateRows({ certificate, namesake, role, state }, { at, wrongName }) {
  const fault = state === 'missing' || state === 'untrusted';
  /** @type {Row[]} */
  const rows = [{ text: role, fault }];
  if (namesake) rows.push({ label: 'given', text: namesake.fingerprint });
  if (!certificate) return rows;
  const { issuer, names, key, fingerprint, selfSigned, weakness } = certificate;
  const { valid, left, between } = validity(certificate, at);
  rows.push({ label: 'issuer', text: selfSigned ? 'itself' : issuer });
  if (names.length > 0) rows.push({ label: 'names', text: names.join(', '), fault: wrongName });
  else if (wrongName) rows.push({ label: 'names', text: 'NONE', fault: true });
  rows.push({ label: 'valid', text: `${between}, ${left}`, fault: !valid });
  rows.push({
    label: 'key',
    text: weakness ? `${key}; WEAK: ${weakness}` : key,
    fault: Boolean(weakness),
  });
  rows.push({ label: 'SHA-256', text: fingerprint });
  return rows;
}

module.exports = { certificateRows };
