'use strict';

/**
 * Keeps what is uncaught from ending the test.
 *
 * @param {import('node:test').TestContext} t
 * @returns {string[]} The messages of what was uncaught so far.
 */
function uncaught(t) {
  const messages = [];
  process.setUncaughtExceptionCaptureCallback(({ message }) => messages.push(message));
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  return messages;
}

module.exports = { uncaught };
