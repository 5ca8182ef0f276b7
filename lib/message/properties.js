// @ts-check
'use strict';

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
}

module.exports = { Properties };
