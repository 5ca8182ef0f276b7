// @ts-check
'use strict';

const { Message } = require('./message');

/** @typedef {Message & { readonly input: string }} InputMessage */

/**
 * A message that came to an input of a module. It shows no more of itself than any Message does, as in the original: the
 * name of its input is there for who asks.
 *
 * @param {string} input
 * @param {Buffer} body
 * @returns {InputMessage}
 */
function inputMessage(input, body) {
  return /** @type {InputMessage} */ (Object.defineProperty(new Message(body), 'input', { value: input }));
}

module.exports = { inputMessage };
