// @ts-check
'use strict';

/**
 * Reads `name=value` elements joined by a separator, the form of connection strings and tokens (device-sdk.md §1.5):
 * split at the first `=`, nothing trimmed, the last duplicate wins; elements without `=`, name or value are ignored.
 *
 * @param {unknown} source
 * @param {string} separator
 * @returns {Record<string, string>}
 */
function readNameValueList(source, separator) {
  /** @type {Record<string, string>} */
  const list = {};
  for (const element of String(source).split(separator)) {
    const at = element.indexOf('=');
    if (at > 0 && at < element.length - 1) list[element.slice(0, at)] = element.slice(at + 1);
  }
  return list;
}

module.exports = { readNameValueList };
