// @ts-check
'use strict';

/** Without what means something in a topic, in a connection string or between two words. */
const NAME = '[^/#+\\s;]+';
const CLIENT_ID = new RegExp(`^${NAME}(/${NAME})?$`);

/**
 * Whether a person may name a device, or a device and its module, so.
 * @param {string} text
 */
const isClientId = (text) => CLIENT_ID.test(text);

module.exports = { isClientId };
