// @ts-check
'use strict';

const errors = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** @typedef {'the twin was not given' | 'the reported properties were not taken'} Effect */

/** What a status of a response means (device-sdk.md §5). @type {Record<number, [new (message?: string) => Error, string]>} */
const STATUSES = {
  400: [
    errors.ArgumentError,
    'A gateway takes at most 10 levels, 4096 bytes in a text, 32 KiB in a patch, whole numbers up to 2^52, no null inside arrays, and no ".", "$", "#" or blanks in names.',
  ],
  401: [errors.UnauthorizedError, 'Check what the device may do on this gateway.'],
  403: [errors.IotHubQuotaExceededError, 'The quota of the hub is used up: wait, or raise it.'],
  404: [errors.DeviceNotFoundError, 'The hub does not know the device any more.'],
  412: [errors.InvalidEtagError, 'The twin was changed by somebody else meanwhile.'],
  413: [
    errors.MessageTooLargeError,
    'A twin holds 32 KiB of reported properties: report less, or delete some.',
  ],
  429: [errors.ThrottlingError, 'Too many requests: report less often, and several properties at a time.'],
  500: [
    errors.InternalServerError,
    'The gateway failed, or could not read what was reported. Its log tells more: iotedge logs edgeHub.',
  ],
  503: [errors.ServiceUnavailableError, 'The hub is not available at the moment.'],
  504: [errors.ServiceUnavailableError, 'The hub did not answer the gateway in time.'],
};

/**
 * The error of a twin request that was answered with a status of 300 or more, or with an error in the body.
 *
 * @param {Effect} effect
 * @param {number} status
 * @param {Buffer} body Empty behind a gateway; a hub's is JSON with `errorCode` and `message`.
 * @returns {Error} With the `status`.
 */
function twinRefusal(effect, status, body) {
  const [ErrorClass, hint] = STATUSES[status] ?? [errors.TwinRequestError, 'Nothing more is known about it.'];
  const said = messageIn(body);
  const reason = said === undefined ? '' : `: ${quote(said, 200)}`;
  return failure(ErrorClass, 'ERR_IOT_TWIN_REFUSED', `Status ${status}, ${effect}${reason}`, {
    hint,
    status,
  });
}

/** @param {Buffer} body @returns {string | undefined} What the hub says. */
function messageIn(body) {
  try {
    const { message } = JSON.parse(body.toString());
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { twinRefusal };
