// @ts-check
'use strict';

const { NotImplementedError } = require('./errors');
const { failure } = require('./failure');

/** What azure-iot-device has and this package has not yet, and what to do without. */
const FEATURES = /** @type {const} */ ({
  uploads: ['file upload', 'Send the data in messages of up to 255 KiB, or upload it by a URL of your own.'],
});

/**
 * @param {keyof typeof FEATURES} feature
 * @param {string} name What the app asked for: `getTwin`, `x509=true`. Not a secret.
 */
function absent(feature, name) {
  const [title, hint] = FEATURES[feature];
  const message = `${name} is not implemented yet: there is no support for ${title}`;
  return failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', message, { hint });
}

module.exports = { absent };
