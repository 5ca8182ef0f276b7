// @ts-check
'use strict';

/**
 * How an app does what a hint asks for, in the interface it uses: a device of `connect()` has no `setOptions`, and a
 * Client is not made by `connect()`.
 *
 * @typedef {object} Idiom
 * @property {string} giveRoot Gives the root certificate.
 * @property {string} giveToken What to do with a new token: an imperative.
 * @property {string} closed What it is that was closed.
 * @property {string} afterClose How to go on after `close()`.
 */

/** @type {Idiom} */
const CLIENT = {
  giveRoot: 'client.setOptions({ ca: fs.readFileSync(path) })',
  giveToken: 'give it to client.updateSharedAccessSignature(token)',
  closed: 'client',
  afterClose: 'Call open() to use the client again.',
};

/** @type {Idiom} */
const DEVICE = {
  giveRoot: 'connect({ connectionString, ca: fs.readFileSync(path) })',
  giveToken: 'call connect() with it',
  closed: 'device',
  afterClose: 'Call connect() for another one.',
};

module.exports = { CLIENT, DEVICE };
