// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { isPlain } = require('./body');

/**
 * The application properties of a message, in the order they were added (device-sdk.md §1.4). Values are converted
 * to text only when the message is sent.
 */
class Properties {
  constructor() {
    /** @type {{ key: string, value: any }[]} The pairs; apps may iterate and change the list. */
    this.propertyList = [];
  }

  /**
   * Appends a pair. A name that is there already is not replaced.
   *
   * @param {string} key
   * @param {any} value
   * @returns {boolean} `false`, and nothing added, for the reserved names `Authorization` and `iothub-to`.
   */
  add(key, value) {
    if (key === 'Authorization' || key === 'iothub-to') return false;
    this.propertyList.push({ key, value });
    return true;
  }

  /**
   * @param {number} index From 0.
   * @returns {{ key: string, value: any } | undefined}
   */
  getItem(index) {
    return this.propertyList[index];
  }

  /**
   * @param {string} key
   * @returns {any} The first value under this name, `undefined` if there is none.
   */
  getValue(key) {
    return this.propertyList.find((pair) => pair.key === key)?.value;
  }

  /** @returns {number} */
  count() {
    return this.propertyList.length;
  }

  /**
   * @param {any} given Names and values, the form in which JavaScript has them.
   * @returns {Properties}
   * @throws {ArgumentError} `ERR_IOT_OPTION`: it is no such object, or a value is none that has a plain text;
   *   `ERR_IOT_PROPERTY_RESERVED`.
   */
  static of(given) {
    if (!isPlain(given))
      throw unusable('properties', given, 'an object of names and values, or a Properties');
    const properties = new Properties();
    for (const [name, value] of Object.entries(given)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        throw unusable(`properties.${name}`, value, 'a text, number or boolean');
      }
      if (properties.add(name, String(value))) continue;
      throw failure(
        ArgumentError,
        'ERR_IOT_PROPERTY_RESERVED',
        `The property name ${quote(name)} is reserved`,
        {
          hint: 'Choose another name: the hub uses this one itself.',
          delivery: 'not sent',
        },
      );
    }
    return properties;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} expected
 */
function unusable(name, value, expected) {
  return failure(ArgumentError, 'ERR_IOT_OPTION', `${name} is ${quote(value)}, not ${expected}`, {
    hint: `Give ${expected}, or leave ${name} out.`,
    delivery: 'not sent',
  });
}

module.exports = { Properties };
