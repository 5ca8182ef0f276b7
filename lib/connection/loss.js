// @ts-check
'use strict';

const { NotConnectedError, UnauthorizedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** What a transport means that says nothing of the life that ended. @type {import('./transport').Life} */
const UNKNOWN_LIFE = { worked: true, contested: 0, unstored: 0 };

/**
 * To a policy, a refusal after the first success is a loss like others, as it is in the original: a gateway that has just
 * started refuses everybody for a while, and a device must not stay away for good.
 *
 * @param {Error} error
 */
function asLoss(error) {
  if (!(error instanceof UnauthorizedError)) return error;
  const { code, message, hint } = /** @type {any} */ (error);
  return failure(NotConnectedError, code, message, { hint, cause: error });
}

function lostSomehow() {
  return failure(NotConnectedError, 'ERR_IOT_CONNECTION_LOST', 'The connection was lost', {
    hint: 'The transport did not say why.',
  });
}

module.exports = { UNKNOWN_LIFE, asLoss, lostSomehow };
