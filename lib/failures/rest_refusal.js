// @ts-check
'use strict';

const errors = require('../vocabulary/errors');

/** The class for a status of the service's REST interfaces (device-sdk.md §5). @type {Record<number, new (message?: string) => Error>} */
const CLASS_OF_STATUS = {
  400: errors.ArgumentError,
  401: errors.UnauthorizedError,
  403: errors.TooManyDevicesError,
  408: errors.DeviceTimeoutError,
  409: errors.DeviceAlreadyExistsError,
  412: errors.InvalidEtagError,
  429: errors.ThrottlingError,
  500: errors.InternalServerError,
  502: errors.BadDeviceResponseError,
  503: errors.ServiceUnavailableError,
  504: errors.GatewayTimeoutError,
};

/** What 404 means is told by a code in the body. @type {Record<string, new (message?: string) => Error>} */
const CLASS_OF_NOT_FOUND = {
  DeviceNotFound: errors.DeviceNotFoundError,
  IotHubNotFound: errors.IotHubNotFoundError,
};

/** Of what a server says. Characters. */
const LONGEST_REASON = 200;

/**
 * Why a request was refused.
 *
 * @param {number} status
 * @param {string} body JSON with `message` or `Message`, and maybe `code`; or anything.
 * @returns {{ ErrorClass: new (message?: string) => Error, reason: string }} The reason is one line.
 */
function readRefusal(status, body) {
  const { code, text } = saidIn(body);
  const ErrorClass =
    (status === 404 ? CLASS_OF_NOT_FOUND[code] : undefined) ?? CLASS_OF_STATUS[status] ?? Error;
  const line = text.replace(/\s+/g, ' ').trim();
  return { ErrorClass, reason: line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line };
}

/**
 * @param {string} body
 * @returns {{ code: string, text: string }}
 */
function saidIn(body) {
  try {
    const { code = '', Code = code, message, Message = message } = JSON.parse(body);
    return { code: String(Code), text: Message === undefined ? body : String(Message) };
  } catch {
    return { code: '', text: body };
  }
}

module.exports = { readRefusal };
