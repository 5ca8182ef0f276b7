// @ts-check
'use strict';

const { inspect } = require('node:util');

/**
 * Properties as they stand at the end of a topic.
 * @param {Array<[string, unknown]>} properties those that are undefined are not there
 * @returns {string}
 * @throws {TypeError} a name or a value that is no Unicode text
 */
function propertyBag(properties) {
  return properties
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`)
    .join('&');
}

/**
 * @param {string} text
 */
function escaped(text) {
  try {
    return encodeURIComponent(text);
  } catch (error) {
    throw new TypeError(`a property has half a character: ${inspect(text)}`, { cause: error });
  }
}

module.exports = { propertyBag };
