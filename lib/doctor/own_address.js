// @ts-check
'use strict';

const os = require('node:os');

/**
 * @param {string} address
 * @returns {boolean} It is one of this machine.
 */
function isOwnAddress(address) {
  if (/^(127\.|::1$|::ffff:127\.)/.test(address)) return true;
  const own = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
  return own.some((each) => each.address === address);
}

module.exports = { isOwnAddress };
