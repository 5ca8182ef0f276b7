// @ts-check
'use strict';

const { withoutSecrets } = require('./failure');

/** Of connection strings, credentials and tokens, whatever stands around them: a blank, a quote, another field. */
const SECRET_NAME = /SharedAccess(?:Key|Signature)$|^sig$/i;

/**
 * Named values as they may be printed. What is not hidden by its name is looked through: a separator that is missing, or
 * exchanged arguments, put a key into any of them.
 *
 * @param {Record<string, any>} fields
 * @returns {Record<string, any>}
 */
function shownFields(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [shownName(name), shownValue(name, value)]),
  );
}

/** @param {string} name In a list that is cut in a wrong place, it may end where the padding of a key begins. */
function shownName(name) {
  const shown = withoutSecrets(`${name}==`);
  return isSecret(name) || shown === `${name}==` ? name : shown;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function shownValue(name, value) {
  if (value && isSecret(name)) return '<hidden>';
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

/** @param {string} name */
function isSecret(name) {
  return SECRET_NAME.test(name.replace(/[^a-z]/gi, ''));
}

module.exports = { shownFields };
