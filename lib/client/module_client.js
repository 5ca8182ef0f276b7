// @ts-check
'use strict';

const { moduleNeedsKey } = require('../authentication/module_key');
const { SharedAccessKeyAuthenticationProvider } = require('../authentication/providers/shared_access_key');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('../authentication/providers/shared_access_signature');
const { LONGEST_OF_INPUTS_MS } = require('../c2d/held_messages');
const { INPUTS, METHODS } = require('../connection/transport');
const { ConnectionString, tidied } = require('../identity/connection_string');
const { requireArguments, requireText } = require('../plumbing/argument');
const { callbackToPromise } = require('../plumbing/callback');
const { ArgumentError, InvalidOperationError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { InternalClient } = require('./internal_client');
const { messageOf } = require('./message');
const { ClientMethods } = require('./methods');
const { Reception } = require('./reception');
const { makeTransport, requireOffered } = require('./transports');

/** @typedef {import('./internal_client').Callback} Callback */

const OUTPUT_FIRST = 'The name of the output comes first: sendOutputEvent(outputName, message).';

/**
 * A module (device-sdk.md §1.3). Beside the events of InternalClient it emits `inputMessage(inputName, Message)`: the client
 * asks the gateway for messages to its inputs while that event has listeners, and connects for it, unless `close` was called.
 * How they are acknowledged stands at Reception.
 */
class ModuleClient extends InternalClient {
  #methods;
  #inputs;
  #caller;
  #leaveTrustBundle = () => {};

  /**
   * @param {any} transport
   * @param {{ invoke: Function, setOptions: Function }} [methodCaller] Calls methods of others; the factories make it.
   */
  constructor(transport, methodCaller) {
    super(transport);
    this.#caller = methodCaller;
    this.#methods = new ClientMethods(transport, (wanted) => this._want(METHODS, wanted));
    this.#inputs = new Reception(this, transport, INPUTS, {
      want: (wanted) => this._want(INPUTS, wanted),
      resume: this._resumption(INPUTS),
      told: (message) => [message.input, message],
      longestMs: LONGEST_OF_INPUTS_MS,
    });
  }

  /**
   * Sends a message by an output, from where routes lead it on. It is kept as those of `sendEvent` are.
   *
   * @param {string} outputName
   * @param {any} message A Message, or what stands for one: see `messageOf`.
   * @param {Callback} [callback] `(error, results.MessageEnqueued)`, when the gateway acknowledged it.
   * @returns {any}
   * @throws {ReferenceError} No output, or no message.
   * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: the output is no text.
   * @throws {ArgumentError} `ERR_IOT_BODY`: something that is no message.
   */
  sendOutputEvent(outputName, message, callback) {
    return callbackToPromise((done) => {
      requireArguments({ outputName, message });
      // The original makes text of anything, by which no route leads on: a message in its place would be lost.
      requireText('outputName', outputName, OUTPUT_FIRST);
      this._connection.sendOutputEvent(outputName, messageOf(message, 'sendOutputEvent'), done);
    }, callback);
  }

  /**
   * Sends several messages by an output in one request. Not on MQTT.
   *
   * @param {string} outputName
   * @param {any[]} messages
   * @param {Callback} [callback] `(error, results.MessageEnqueued)`
   * @returns {any}
   * @throws {NotImplementedError} The transport has no batches: send the messages one by one.
   */
  sendOutputEventBatch(outputName, messages, callback) {
    return callbackToPromise((done) => {
      const method = 'sendOutputEventBatch';
      requireOffered(
        this._transport,
        this._keeps ? undefined : method,
        'Call sendOutputEvent for each message: they are sent together anyway.',
        method,
      );
      this._connection.request(method, [outputName, messages], done);
    }, callback);
  }

  /**
   * Has a function called whenever a method of the module is called; as `onDeviceMethod` of Client.
   *
   * @param {string} methodName
   * @param {import('../methods/method_handlers').Handler} handler `(request, response)`: answer by `response.send`.
   * @throws {ReferenceError} An argument is missing.
   * @throws {TypeError} An argument is of another type.
   * @throws {Error} `ERR_IOT_METHOD_TAKEN`: the method has a handler.
   */
  onMethod(methodName, handler) {
    this.#methods.add(methodName, handler);
  }

  /**
   * Takes a handler away. Its calls are unknown from now on.
   *
   * @param {string} methodName
   * @returns {boolean} Whether there was one.
   */
  offMethod(methodName) {
    return this.#methods.remove(methodName);
  }

  /**
   * Has a function called for methods without a handler; as `onUnknownDeviceMethod` of Client.
   *
   * @param {import('../methods/method_handlers').Handler | null} [handler] Default: answers with status 501. `null`: nobody,
   *   again.
   * @throws {TypeError} It is no function.
   * @throws {NotImplementedError} The transport is not of this package.
   */
  onUnknownMethod(handler) {
    this.#methods.setFallback(handler);
  }

  /**
   * Calls a method of a device, or of another module, by HTTPS to the gateway. It needs no connection of the client.
   *
   * @param {string} deviceId
   * @param {string | import('../..').MethodParams} moduleId Left out for a method of a device.
   * @param {import('../..').MethodParams | Callback} [methodParams] `{ methodName, payload, responseTimeoutInSeconds,
   *   connectTimeoutInSeconds }`, which travel as given.
   * @param {Callback} [callback] `(error, { status, payload })`: what the method answered, whatever its status.
   * @returns {any}
   * @throws {ReferenceError} An argument is missing.
   * @throws {ArgumentError} There is no methodName.
   */
  invokeMethod(deviceId, moduleId, methodParams, callback) {
    const given = typeof methodParams === 'function' ? methodParams : callback;
    return callbackToPromise((done) => {
      requireArguments({ deviceId, 'moduleId or methodParams': moduleId });
      const ofModule = typeof moduleId === 'string';
      const params = /** @type {any} */ (ofModule ? methodParams : moduleId);
      requireArguments({ methodParams: params });
      if (!params.methodName) throw noMethodName(params.methodName);
      if (this.#caller === undefined) throw noCaller();
      this.#caller.invoke(deviceId, ofModule ? moduleId : undefined, params, done);
    }, given);
  }

  /**
   * As of InternalClient, and for the requests by HTTPS. Unlike there, missing options reject the promise.
   *
   * @param {import('../..').DeviceClientOptions} options
   * @param {Callback} [callback] `(error)`; on success there is no result.
   * @returns {any}
   * @throws {ReferenceError} No options.
   * @throws {ArgumentError} An option cannot be used; then none of them is.
   */
  setOptions(options, callback) {
    return callbackToPromise((done) => {
      if (options?.ca) this.#leaveTrustBundle();
      this.#setOptions(options, done);
    }, callback);
  }

  /**
   * The roots to trust are those of the workload API, as it says from time to time, until the app gives others.
   *
   * @param {import('../authentication/providers/iot_edge').IotEdgeAuthenticationProvider} provider
   * @param {string} bundle What it says now: PEM.
   * @returns {Promise<void>} They are set.
   * @throws {ArgumentError} `ERR_IOT_CA_…`: there is no certificate in it.
   */
  _followTrustBundle(provider, bundle) {
    const take = (/** @type {string} */ ca) => this.#setOptions({ ca }, () => {});
    provider.on('trustBundle', take);
    this.#leaveTrustBundle = () => provider.off('trustBundle', take);
    return new Promise((resolve, reject) => {
      this.#setOptions({ ca: bundle }, (error) => (error ? reject(error) : resolve()));
    });
  }

  /**
   * @param {any} options
   * @param {Callback} callback
   */
  #setOptions(options, callback) {
    super.setOptions(options, (/** @type {any} */ error) => {
      if (!error) this.#caller?.setOptions(options);
      callback(error);
    });
  }

  /**
   * @protected
   * @param {string | symbol | undefined} event
   */
  _listenersChanged(event) {
    this.#inputs.listenersChanged(event);
  }

  /** @protected */
  _messagesStale() {
    this.#inputs.stale();
  }

  /**
   * @param {string} connectionString Of a module; fields it does not know are ignored, and so is white space around the
   *   others.
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {ModuleClient}
   * @throws {ReferenceError} No connection string.
   * @throws {NotImplementedError} `ERR_IOT_MODULE_CREDENTIAL`: it has no SharedAccessKey.
   * @throws {ArgumentError} It lacks HostName or DeviceId.
   */
  static fromConnectionString(connectionString, Transport) {
    requireArguments({ connectionString });
    const text = tidied(connectionString);
    if (!ConnectionString.parse(text).SharedAccessKey) throw moduleNeedsKey();
    return clientOf(SharedAccessKeyAuthenticationProvider.fromConnectionString(text), Transport);
  }

  /**
   * @param {string} sharedAccessSignature A token of the module. It names hub, device and module, but no gateway.
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {ModuleClient}
   * @throws {ReferenceError} No token.
   * @throws {FormatError} It is malformed.
   */
  static fromSharedAccessSignature(sharedAccessSignature, Transport) {
    requireArguments({ sharedAccessSignature });
    const provider =
      SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(sharedAccessSignature);
    return clientOf(provider, Transport);
  }

  /**
   * @param {any} authenticationProvider
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {ModuleClient}
   * @throws {ReferenceError} An argument is missing.
   */
  static fromAuthenticationProvider(authenticationProvider, Transport) {
    requireArguments({ authenticationProvider, Transport });
    return clientOf(authenticationProvider, Transport);
  }

  /**
   * A client as the environment of the process says (device-sdk.md §8): by `EdgeHubConnectionString`, or by the variables that
   * IoT Edge sets for its modules. Errors are told, never thrown.
   *
   * @param {new (authenticationProvider: any) => any} Transport
   * @param {(error: any, client?: ModuleClient) => void} [callback]
   * @returns {any}
   */
  static fromEnvironment(Transport, callback) {
    return callbackToPromise((done) => {
      // Loaded when needed: it brings node:http.
      const { clientOfEnvironment } = require('./environment');
      clientOfEnvironment(Transport, {
        ofString: (connectionString) => ModuleClient.fromConnectionString(connectionString, Transport),
        ofProvider: (provider) => ModuleClient.fromAuthenticationProvider(provider, Transport),
      }).then(
        (client) => process.nextTick(done, null, client),
        (error) => process.nextTick(done, error),
      );
    }, callback);
  }
}

/**
 * @param {any} provider
 * @param {new (authenticationProvider: any) => any} Transport
 */
function clientOf(provider, Transport) {
  return new ModuleClient(makeTransport(Transport, provider), new LateMethodCaller(provider));
}

/** What calls methods of others, loaded with the first call: it takes node:https. */
class LateMethodCaller {
  #provider;
  /** @type {Record<string, any>[]} */
  #options = [];
  /** @type {import('./method_caller').MethodCaller | undefined} */
  #caller;

  /** @param {any} provider */
  constructor(provider) {
    this.#provider = provider;
  }

  /** @param {Record<string, any>} options */
  setOptions(options) {
    if (this.#caller) this.#caller.setOptions(options);
    else this.#options.push(options);
  }

  /** @param {Parameters<import('./method_caller').MethodCaller['invoke']>} call */
  invoke(...call) {
    if (this.#caller === undefined) {
      const { MethodCaller } = require('./method_caller');
      this.#caller = new MethodCaller(this.#provider);
      for (const options of this.#options.splice(0)) this.#caller.setOptions(options);
    }
    this.#caller.invoke(...call);
  }
}

/** @param {unknown} methodName */
function noMethodName(methodName) {
  return failure(
    ArgumentError,
    'ERR_IOT_METHOD_NAME',
    `The methodName of methodParams is ${String(methodName)}`,
    {
      hint: "Pass the name of the method: { methodName: 'reboot', payload }.",
    },
  );
}

function noCaller() {
  const message = 'This client was made of a transport alone, which calls no methods of others';
  return failure(InvalidOperationError, 'ERR_IOT_METHOD_CALLER', message, {
    hint: 'Make it by fromConnectionString, fromEnvironment or fromAuthenticationProvider.',
  });
}

module.exports = { ModuleClient };
