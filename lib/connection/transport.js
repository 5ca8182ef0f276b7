// @ts-check
'use strict';

/**
 * The seam between a client and its transport (device-sdk.md §1.1).
 *
 * A transport is an EventEmitter made by `new Transport(authenticationProvider)`. There are two kinds.
 *
 * **Any DeviceTransport**, such as `Amqp` of azure-iot-device-amqp or an app's own fake. An operation it was given
 * fails when the connection is lost, so the client runs each one through the retry policy, and enables C2D again
 * after a loss (`connection/per_operation.js`).
 *
 * **A transport that keeps pending operations** says so with `transport[keepsPendingOperations] === true`. What it was
 * given survives a loss and is neither failed nor sent twice, so the client only sees to the connection
 * (`connection/kept.js`). Beyond DeviceTransport it promises:
 *
 * - `attend(idiom)` is called once, by the client that takes charge, with the interface of its app (`vocabulary/idiom.js`).
 *   Without, it behaves as any DeviceTransport does.
 * - `connect(callback)` is one attempt, without retries, and tells the truth about why it failed. From this call on
 *   until the connection ends the transport keeps the process alive.
 * - `sendEvent(message, callback, { timeoutMs, signal }?)`, `sendOutputEvent(outputName, message, callback, …)` and
 *   `enableC2D(callback)` may be called before, during and between connections. Wanted subscriptions are renewed by the
 *   transport on every connection.
 * - So may `getTwin(callback, limits?)` and `updateTwinReportedProperties(patch, callback, limits?)`, with `RequestLimits`.
 *   They are served in order, one after the other, and those without an answer again after a loss. A patch may be JSON
 *   already.
 * - `sendMethodResponse(response, callback)` sends by the connection that stands or fails.
 * - `suspendC2D()` has messages wait at the gateway that the client cannot hold any longer, until `enableC2D` is called
 *   again; `suspendInputMessages()` those to inputs.
 * - `disconnect(callback)` ends within a bounded time, also when an attempt is under way (whose callback may then
 *   stay silent), and calls back when every pending operation has been told. So does `giveUp(error, done)`, without
 *   waiting for anything but that.
 * - `setOptions(options, callback)` replaces the options given before: the client merges.
 * - `stats()` tells `{ queued, inFlight }`; `peer`, once that is known, `{ device, gateway }`.
 * - Events: `connected({ renewal })`; `disconnect(error, life)`, once, when a connection is lost; `state({ stage })` while
 *   connecting; `message(message, settle)` and `inputMessage(name, message, settle)` (the message
 *   has the name as its `input`), where `settle()` acknowledges the message, and does nothing once the connection it came by
 *   has ended; `unknownMethod(message)`, a call of a method
 *   without a handler.
 */

/** Shared by symbol registry, so that two installed copies of this package recognise each other's transports. */
const keepsPendingOperations = Symbol.for('edge-downstream.keepsPendingOperations');

/**
 * Something a transport can switch on and off: the names of the two methods.
 *
 * @typedef {{ enable: string, disable: string }} Feature
 */

/**
 * One that brings messages: also the event they come by, and the method that has them wait at the gateway.
 *
 * @typedef {Feature & { event: string, suspend: string }} MessageFeature
 */

/** Messages from the cloud to the device. */
const C2D = Object.freeze({
  enable: 'enableC2D',
  disable: 'disableC2D',
  event: 'message',
  suspend: 'suspendC2D',
});

/** Messages to the inputs of a module. */
const INPUTS = Object.freeze({
  enable: 'enableInputMessages',
  disable: 'disableInputMessages',
  event: 'inputMessage',
  suspend: 'suspendInputMessages',
});

/** Calls of direct methods. */
const METHODS = Object.freeze({ enable: 'enableMethods', disable: 'disableMethods' });

/** Changes of the desired properties. */
const DESIRED = Object.freeze({
  enable: 'enableTwinDesiredPropertiesUpdates',
  disable: 'disableTwinDesiredPropertiesUpdates',
});

/**
 * What bounds a twin request. One that was refused is asked again after so many milliseconds as `again` says; `undefined`:
 * not any more. `refusals` counts from 1.
 *
 * @typedef {object} RequestLimits
 * @property {number} [timeoutMs]
 * @property {AbortSignal} [signal]
 * @property {(refusal: Error, refusals: number) => number | undefined} [again]
 */

/**
 * What the end of a connection says about the next one.
 *
 * @typedef {object} Life
 * @property {boolean} worked The next attempt need not wait: it was of use, or the first that was not.
 * @property {number} contested So many connections in a row ended as those of two clients with one device id do.
 * @property {number} unstored So many in a row ended upon a message, with nothing acknowledged.
 */

/**
 * What a connection reads from the client at the moment it needs it: apps may replace any of the three.
 *
 * @typedef {object} Host
 * @property {any} _transport
 * @property {import('../..').RetryPolicy} _retryPolicy
 * @property {number} _maxOperationTimeout Milliseconds.
 */

/**
 * @typedef {object} StateChange
 * @property {'connecting' | 'connected' | 'waiting' | 'closed'} state
 * @property {string} [stage] While connecting: how far the attempt has come.
 * @property {number} [delay] While waiting: milliseconds until the next attempt.
 * @property {Error} [reason] Of `waiting` and `closed`, unless the app closed.
 */

/**
 * What a connection tells the client. None of these may throw.
 *
 * @typedef {object} Hooks
 * @property {() => void} connected A connection was made, not merely renewed.
 * @property {(error: Error | undefined) => void} disconnected The policy gave a lost connection up.
 * @property {(error: Error, features: Feature[], told: boolean) => void} featureFailed Features could not be switched, or
 *   the connection they need could not be made; `told` if somebody was given this error already.
 * @property {() => void} stale Messages in hand can no longer be acknowledged.
 * @property {(change: StateChange) => void} state
 */

module.exports = { keepsPendingOperations, C2D, INPUTS, METHODS, DESIRED };
