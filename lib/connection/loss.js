// @ts-check
'use strict';

const { ArgumentError, NotConnectedError, UnauthorizedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** What a transport means that says nothing of the life that ended. @type {import('./transport').Life} */
const UNKNOWN_LIFE = { worked: true, contested: 0, unstored: 0 };

/** Of roots, certificates and keys: what served once, and does not now, is a file that is being replaced. */
const OF_FILES = /^ERR_IOT_(CA|CLIENT_CERT|CLIENT_KEY)_/;

/**
 * To a policy, a refusal after the first success is a loss like others, as it is in the original: a gateway that has just
 * started refuses everybody for a while, and a device must not stay away for good. So is a file that cannot be used: who
 * renews it may not be done.
 *
 * @param {Error} error
 */
function asLoss(error) {
  const { code, message, hint } = /** @type {any} */ (error);
  const passes =
    error instanceof UnauthorizedError || (error instanceof ArgumentError && OF_FILES.test(code));
  return passes ? failure(NotConnectedError, code, message, { hint, cause: error }) : error;
}

function lostSomehow() {
  return failure(NotConnectedError, 'ERR_IOT_CONNECTION_LOST', 'The connection was lost', {
    hint: 'The transport did not say why.',
  });
}

module.exports = { UNKNOWN_LIFE, asLoss, lostSomehow };
