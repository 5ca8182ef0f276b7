// @ts-check
'use strict';

const { readRefusal } = require('../failures/rest_refusal');
const errors = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { toldOf } = require('./exchange');

/**
 * Which class of error a status is. Those of IoT Hub, and of edgeHub.
 *
 * @type {Record<number, [new (message?: string) => Error, string]>}
 */
const CLASSES = {
  400: [errors.ArgumentError, 'Correct what was asked for: the message says what is wrong with it.'],
  401: [
    errors.UnauthorizedError,
    'Check the key or certificate, HostName and DeviceId, and the clock of this device.',
  ],
  403: [
    errors.IotHubQuotaExceededError,
    'The quota of the hub is used up, or it does not allow this: see its metrics.',
  ],
  404: [
    errors.DeviceNotFoundError,
    'The message says what is not there. If it is the device: check DeviceId, and that it is registered and enabled.',
  ],
  408: [errors.TimeoutError, 'Try again later.'],
  409: [errors.InvalidOperationError, 'The message says what it does not go together with.'],
  412: [errors.InvalidEtagError, 'It was changed meanwhile: ask again.'],
  413: [errors.MessageTooLargeError, 'Send less at once.'],
  429: [errors.ThrottlingError, 'Too much was asked in too short a time: wait, and try again.'],
  500: [errors.InternalServerError, 'Try again later.'],
  502: [errors.ServiceUnavailableError, 'Try again later.'],
  503: [errors.ServiceUnavailableError, 'Try again later.'],
  504: [errors.GatewayTimeoutError, 'Try again later.'],
};

/**
 * The error that a status of 300 or more is. It has `statusCode`, and `responseBody` as a text.
 *
 * @param {import('./exchange').Answer} answer
 * @param {import('./exchange').Request} request
 * @param {import('../failures/connection_failure').Cloud} [cloud]
 * @returns {Error & { code: string, statusCode: number, responseBody: string }}
 */
function refusedBy({ status, statusText, body }, request, cloud) {
  const [type, hint] = CLASSES[status] ?? CLASSES[status - (status % 100)] ?? UNKNOWN;
  const text = body.toString();
  const { reason } = readRefusal(status, text);
  const { server, what } = toldOf(request, cloud);
  const message =
    `${server} refused ${what}: HTTP ${`${status} ${statusText}`.trim()}` +
    (reason ? `, ${quote(reason, reason.length)}` : '');
  return /** @type {any} */ (
    failure(type, 'ERR_IOT_HTTP_STATUS', message, { hint, statusCode: status, responseBody: text })
  );
}

/** @type {[new (message?: string) => Error, string]} */
const UNKNOWN = [
  errors.NotConnectedError,
  'Something else may answer in its place, such as a proxy or a portal.',
];

module.exports = { refusedBy };
