// @ts-check
'use strict';

/**
 * The 33 error classes of the `errors` namespace (device-sdk.md §1.6).
 *
 * Every class is `new (message?: string)`. Instances own an enumerable `name` and a `message`, which is
 * `undefined` when none was given. Retry policies and apps tell errors apart by `name`. Errors made by this
 * package also carry `code`, `hint`, `cause` and `delivery`: see `failure.js`.
 */

class IotError extends Error {
  /** @param {string} [message] */
  constructor(message) {
    super(message);
    // Without a message the base class leaves the prototype's empty string in place; apps expect `undefined`.
    if (message === undefined) this.message = /** @type {any} */ (undefined);
  }
}

/** An argument or option has a value that cannot be used. */
class ArgumentError extends IotError {
  name = 'ArgumentError';
}

/** An argument lies outside the range it may take. */
class ArgumentOutOfRangeError extends IotError {
  name = 'ArgumentOutOfRangeError';
}

/** The queue of messages for this device is full. */
class DeviceMaximumQueueDepthExceededError extends IotError {
  name = 'DeviceMaximumQueueDepthExceededError';
}

/** The hub knows no device with this id. */
class DeviceNotFoundError extends IotError {
  name = 'DeviceNotFoundError';
}

/** A text (connection string, token, topic) is not of the form it must have. */
class FormatError extends IotError {
  name = 'FormatError';
}

/** The gateway or hub refused the identity or its credentials. */
class UnauthorizedError extends IotError {
  name = 'UnauthorizedError';
}

/** The transport or the peer offers no such operation. */
class NotImplementedError extends IotError {
  name = 'NotImplementedError';
}

/** There is no usable connection: name, network or TLS failed, or the link was lost. Retried by default. */
class NotConnectedError extends IotError {
  name = 'NotConnectedError';
}

/** The daily message quota of the hub is used up. */
class IotHubQuotaExceededError extends IotError {
  name = 'IotHubQuotaExceededError';
}

/** Body and properties together are larger than the gateway accepts. */
class MessageTooLargeError extends IotError {
  name = 'MessageTooLargeError';
}

/** The peer failed internally. Retried by default. */
class InternalServerError extends IotError {
  name = 'InternalServerError';
}

/** The peer is there but cannot serve now (CONNACK 3). Retried by default. */
class ServiceUnavailableError extends IotError {
  name = 'ServiceUnavailableError';
}

/** The hub of this name does not exist. */
class IotHubNotFoundError extends IotError {
  name = 'IotHubNotFoundError';
}

/** The hub is suspended. (The capital T is the spelling of the original.) */
class IoTHubSuspendedError extends IotError {
  name = 'IoTHubSuspendedError';
}

/** The service knows no job with this id. */
class JobNotFoundError extends IotError {
  name = 'JobNotFoundError';
}

/** The hub holds as many devices as it may. */
class TooManyDevicesError extends IotError {
  name = 'TooManyDevicesError';
}

/** The service asks to slow down. Retried by default, with the longer delays. */
class ThrottlingError extends IotError {
  name = 'ThrottlingError';
}

/** A device of this id exists already. */
class DeviceAlreadyExistsError extends IotError {
  name = 'DeviceAlreadyExistsError';
}

/** The lock on a received message expired before it was settled. */
class DeviceMessageLockLostError extends IotError {
  name = 'DeviceMessageLockLostError';
}

/** The entity tag does not fit the state of the resource. */
class InvalidEtagError extends IotError {
  name = 'InvalidEtagError';
}

/** The operation makes no sense in the present state or set-up. */
class InvalidOperationError extends IotError {
  name = 'InvalidOperationError';
}

/** A condition given with the request does not hold. */
class PreconditionFailedError extends IotError {
  name = 'PreconditionFailedError';
}

/** The time limit of an operation passed. Retried by default. */
class TimeoutError extends IotError {
  name = 'TimeoutError';
}

/** The device answered a direct method in a form nobody understands. */
class BadDeviceResponseError extends IotError {
  name = 'BadDeviceResponseError';
}

/** The service could not reach the device in time. */
class GatewayTimeoutError extends IotError {
  name = 'GatewayTimeoutError';
}

/** The device did not answer in time. */
class DeviceTimeoutError extends IotError {
  name = 'DeviceTimeoutError';
}

/** The stream of cloud-to-device messages broke off; `innerError` says why. */
class CloudToDeviceDetachedError extends IotError {
  name = 'CloudToDeviceDetachedError';
}

/** The stream of direct methods broke off; `innerError` says why. */
class DeviceMethodsDetachedError extends IotError {
  name = 'DeviceMethodsDetachedError';
}

/** The stream of twin changes broke off; `innerError` says why. */
class TwinDetachedError extends IotError {
  name = 'TwinDetachedError';
}

/** A twin request was refused; `transportError` says why. */
class TwinRequestError extends IotError {
  name = 'TwinRequestError';
}

/** The app cancelled the operation. */
class OperationCancelledError extends IotError {
  name = 'OperationCancelledError';
}

/** Provisioning refused the device. Its `name` differs from the class, as in the original. */
class DeviceRegistrationFailedError extends IotError {
  name = 'ProvisioningRegistrationFailedError';
}

/** The hardware security module failed. */
class SecurityDeviceError extends IotError {
  name = 'SecurityDeviceError';
}

module.exports = {
  ArgumentError,
  ArgumentOutOfRangeError,
  DeviceMaximumQueueDepthExceededError,
  DeviceNotFoundError,
  FormatError,
  UnauthorizedError,
  NotImplementedError,
  NotConnectedError,
  IotHubQuotaExceededError,
  MessageTooLargeError,
  InternalServerError,
  ServiceUnavailableError,
  IotHubNotFoundError,
  IoTHubSuspendedError,
  JobNotFoundError,
  TooManyDevicesError,
  ThrottlingError,
  DeviceAlreadyExistsError,
  DeviceMessageLockLostError,
  InvalidEtagError,
  InvalidOperationError,
  PreconditionFailedError,
  TimeoutError,
  BadDeviceResponseError,
  GatewayTimeoutError,
  DeviceTimeoutError,
  CloudToDeviceDetachedError,
  DeviceMethodsDetachedError,
  TwinDetachedError,
  TwinRequestError,
  OperationCancelledError,
  DeviceRegistrationFailedError,
  SecurityDeviceError,
};

// An own field is set too late for `stack`, whose first line would read "Error: …" in every log.
for (const [name, ErrorClass] of Object.entries(module.exports)) {
  Object.defineProperty(ErrorClass.prototype, 'name', { value: name, writable: true, configurable: true });
}
