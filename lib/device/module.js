// @ts-check
'use strict';

const { LONGEST_OF_INPUTS_MS } = require('../c2d/held_messages');
const { INPUTS } = require('../connection/transport');
const { requireArguments } = require('../plumbing/argument');
const { badArgument, badOption, requireKnown, requireName, requireUpTo } = require('../plumbing/option');
const { DEVICE } = require('../vocabulary/idiom');
const { toJson } = require('./json_body');
const { Participant } = require('./participant');

/** Of a call without limits of its own: as the gateway has it. Milliseconds. */
const RESPONSE_TIMEOUT_MS = 30_000;
/** What a gateway takes for a limit of a call (edge-gateway.md §1.1). Milliseconds. */
const LONGEST_MS = 300_000;
const LEAST_RESPONSE_MS = 5_000;
const CALL_OPTIONS = ['responseTimeout', 'connectTimeout', 'signal'];

/** A module connected to its gateway, as `connect()` gives it. */
class Module extends Participant {
  #provider;
  #callerOptions;
  /** @type {import('../client/method_caller').MethodCaller | undefined} */
  #caller;

  /** What it sends by name, from where routes lead it on. */
  outputs = Object.freeze({
    /**
     * Sends a message, as `sendEvent` does.
     *
     * @param {string} name Of the output.
     * @param {any} body
     * @param {Record<string, any>} [options]
     * @returns {Promise<{ id: string, latencyMs: number }>}
     * @throws As `sendEvent`.
     */
    send: (name, body, options = {}) =>
      this._send(
        body,
        options,
        (message, settled, limits) => this._connection.sendOutputEvent(name, message, settled, limits),
        () => requireName('name', name),
      ),
  });

  /**
   * What routes bring it, for `for await`: messages with the name of their `input`. Several iterators share them: each message
   * goes to one. They are one stream, because a gateway sends the next, for whichever input, when the one before is
   * acknowledged.
   */
  inputs = Object.freeze({
    /** @returns {AsyncIterableIterator<import('../..').InputMessage>} As `device.messages()`. */
    [Symbol.asyncIterator]: () => this._stream.iterator(),
    /**
     * Acknowledges a message now: before leaving the loop with it, for instance.
     *
     * @param {import('../..').InputMessage} message
     * @throws {ReferenceError} No message.
     */
    complete: (message) => {
      requireArguments({ message });
      this._stream.settle(message);
    },
  });

  /** @param {import('./options').Settings} settings */
  constructor(settings) {
    super(settings, INPUTS, LONGEST_OF_INPUTS_MS);
    const { provider, transport, transportOptions } = settings;
    this.#provider = provider;
    this.#callerOptions = { ...transportOptions };
    if (settings.followsTrustBundle) {
      provider.on('trustBundle', (/** @type {string} */ ca) => {
        transport.setOptions({ ...transportOptions, ca });
        this.#callerOptions.ca = ca;
        this.#caller?.setOptions({ ca });
      });
    }
  }

  /**
   * Calls a method of a device, or of another module, by HTTPS to the gateway.
   *
   * @param {string} target `device`, or `device/module`.
   * @param {string} name Of the method.
   * @param {unknown} [payload] What JSON can express; nothing is null.
   * @param {{ responseTimeout?: number, connectTimeout?: number, signal?: AbortSignal }} [options] Milliseconds: how long the
   *   method may take (5 to 300 s, default 30 s), and how long the gateway waits for who is called to connect (0 to 300 s,
   *   default 0).
   * @returns {Promise<{ status: number, payload: any }>} What the method answered, whatever its status.
   * @throws {ArgumentError} An argument cannot be used; or there is no gateway.
   * @throws {NotConnectedError | UnauthorizedError | TimeoutError} As for a connection.
   * @throws {Error} `ERR_IOT_METHOD_INVOKE`: the gateway could not call it, and says why.
   */
  async invokeMethod(target, name, payload = null, options = {}) {
    requireKnown(options, CALL_OPTIONS);
    const { responseTimeout = RESPONSE_TIMEOUT_MS, connectTimeout = 0, signal } = options;
    const [deviceId, moduleId] = readTarget(target);
    requireName('name', name);
    requireUpTo('responseTimeout', responseTimeout, 'milliseconds', LONGEST_MS, LEAST_RESPONSE_MS);
    requireUpTo('connectTimeout', connectTimeout, 'milliseconds', LONGEST_MS, 0);
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw badOption('signal', signal, 'an AbortSignal');
    toJson(payload, 'payload');
    const params = {
      methodName: name,
      payload,
      responseTimeoutInSeconds: responseTimeout / 1000,
      connectTimeoutInSeconds: connectTimeout / 1000,
    };
    this.#caller ??= this.#makeCaller();
    const caller = this.#caller;
    return new Promise((resolve, reject) =>
      caller.invoke(
        deviceId,
        moduleId,
        params,
        (error, result) => (error ? reject(error) : resolve(/** @type {any} */ (result))),
        signal,
      ),
    );
  }

  #makeCaller() {
    // Loaded when needed: it brings node:https.
    const { MethodCaller } = require('../client/method_caller');
    const caller = new MethodCaller(this.#provider, DEVICE);
    caller.setOptions(this.#callerOptions);
    return caller;
  }
}

/**
 * @param {string} target
 * @returns {string[]} The id of a device, and that of its module if it is one's.
 * @throws {ArgumentError} It is neither.
 */
function readTarget(target) {
  requireName('target', target);
  const ids = target.split('/');
  if (ids.length <= 2 && !ids.includes('')) return ids;
  throw badArgument('target', target, '<device> or <device>/<module>');
}

module.exports = { Module };
