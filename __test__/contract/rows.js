// @ts-check
'use strict';

/**
 * What an app may observe of azure-iot-device (device-sdk.md, by section), and which tests hold it.
 *
 * @typedef {object} Row
 * @property {string} section
 * @property {'M' | 'W' | 'Q'} mark Must match, a weakness to beat, a quirk.
 * @property {string} says
 * @property {[file: string, name: string][]} [tests] The name, or a part of it, as it stands in the file.
 * @property {string} [later] The feature it comes with.
 */

const SEAM = '__test__/client/seam.test.js';
const KEPT = '__test__/client/connection.test.js';
const CLASSIC = '__test__/client/classic_transport.test.js';
const CLOSING = '__test__/client/closing.test.js';
const LISTENERS = '__test__/client/listeners.test.js';
const VALIDATION = '__test__/client/validation.test.js';
const TWIN = '__test__/wire/twin_client.test.js';
const AGAIN = '__test__/wire/twin_reconnect.test.js';
const REQUESTS = '__test__/unit/twin_requests.test.js';
const PATCHES = '__test__/unit/merge_patch.test.js';
const METHODS = '__test__/wire/methods.test.js';
const LOAD = '__test__/wire/twin_methods_load.test.js';
const SCRIPTS = '__test__/compat/scripts.test.js';
const MODULES = '__test__/wire/modules.test.js';
const ON_BOTH = '__test__/reference/modules.test.js';
const ENVIRONMENT = '__test__/wire/module_environment.test.js';
const TYPES = '__test__/types/app/own.ts';
const UPLOADS = '__test__/uploads/uploads.test.js';
const UPLOADS_BY_RELEASE = '__test__/uploads/releases.test.js';
const UPLOADS_ALIKE = '__test__/reference/uploads.test.js';

/** @type {Row[]} */
const ROWS = [
  // 1.1 Exports, and the seam of transports
  row('1.1', 'M', 'the names of azure-iot-device, -mqtt and -common, and what is under each', [
    '__test__/unit/exports.test.js',
    'has the names of the original',
  ]),
  row('1.1', 'M', 'Twin.errorEvent and Twin.desiredPath', [SCRIPTS, 'twin.js']),
  row('1.1', 'M', 'any DeviceTransport drives twin, methods and messages', [SEAM, 'a method: registered']),
  row('1.1', 'M', "the original's Amqp runs on this Client", ['__test__/client/amqp.test.js', 'over Amqp']),
  row('1.1', 'M', 'ModuleClient and IotEdgeAuthenticationProvider', [
    '__test__/unit/exports.test.js',
    'has the same kind of thing under each',
  ]),
  row(
    '1.1',
    'M',
    'any DeviceTransport drives a ModuleClient: inputs, outputs, twin, methods, retries, losses',
    [SEAM, "['ModuleClient', { ...SCENARIOS, ...OF_MODULES }]"],
    [SEAM, 'inputs: enabled with a listener'],
  ),
  // 1.2 Client
  row('1.2', 'M', 'constructor and factories', [VALIDATION, 'the constructor wants a transport']),
  row('1.2', 'M', 'callback or promise', [VALIDATION, 'takes a callback or gives a promise']),
  row('1.2', 'M', 'classes of results', [VALIDATION, 'the results have the classes of old']),
  row('1.2', 'M', 'getTwin: the same Twin each time', [TWIN, 'gives the same twin each time']),
  row('1.2', 'M', 'onDeviceMethod is synchronous and connects', [SEAM, 'a method: registered']),
  row(
    '1.2',
    'M',
    'uploadToBlob and its kin: callback or promise, and what they give',
    [UPLOADS, 'with a callback'],
    [UPLOADS_ALIKE, 'the steps by themselves'],
  ),
  row('1.2', 'M', 'the constructor takes a blobUploadClient and a fileUploadApi', [
    UPLOADS,
    'what an app hands over in place of ours',
  ]),
  row(
    '1.2',
    'M',
    'members that leaked: _transport, _twin, _retryPolicy',
    [VALIDATION, 'the members apps have come to read'],
    [TWIN, 'client._twin'],
  ),
  // 1.3 ModuleClient
  row(
    '1.3',
    'M',
    'sendOutputEvent, callback or promise; batches not on MQTT',
    [SEAM, 'outputs: sent, retried by the policy'],
    [ON_BOTH, 'the same on both'],
  ),
  row('1.3', 'M', 'onMethod as onDeviceMethod', [SEAM, 'arguments that cannot be used']),
  row('1.3', 'M', 'invokeMethod with and without a module, callback or promise', [
    ON_BOTH,
    'calls methods of devices',
  ]),
  row('1.3', 'M', 'factories; without a key NotImplementedError', [
    SEAM,
    'arguments of modules that cannot be used',
  ]),
  row('1.3', 'M', 'fromEnvironment, callback or promise', [
    ENVIRONMENT,
    'each variable that is missing is named',
  ]),
  row('1.3', 'M', 'inputMessage(inputName, Message), no message event, none of the functions of devices', [
    SEAM,
    'a client has no message event',
  ]),
  row('1.3', 'Q', 'a Client with a ModuleId, and its message event', [
    MODULES,
    'what the other kind of identity has',
  ]),
  // 2.1 Validation
  row(
    '2.1',
    'M',
    'blob functions: missing arguments, streamLength 0',
    [UPLOADS, 'arguments that are missing are thrown'],
    [UPLOADS_ALIKE, 'arguments that are missing'],
  ),
  row('2.1', 'M', 'order and classes for onDeviceMethod', [SEAM, 'arguments that cannot be used']),
  row('2.1', 'M', 'DeviceMethodResponse.send: twice, no number, payload and callback', [
    SEAM,
    'answers that cannot be',
  ]),
  row('2.1', 'M', 'constructors of request and response', [SEAM, 'arguments that cannot be used']),
  row('2.1', 'M', 'a truthy callback that is no function', [SEAM, 'getTwin with text']),
  row('2.1', 'M', 'updateSharedAccessSignature with a key or a certificate: TypeError', [
    '__test__/bad_input/arguments.test.js',
    'there is no token to replace',
  ]),
  // 2.2 Life
  row('2.2', 'M', 'connect first, then the callback of open', [KEPT, 'open connects, announces it']),
  row('2.2', 'M', 'closing is idempotent, and no disconnect event', [
    CLOSING,
    'close disconnects, without a disconnect event',
  ]),
  row('2.2', 'W', 'open never settles if closed meanwhile', [
    CLOSING,
    'close while connecting settles the open',
  ]),
  row('2.2', 'W', 'operations resurrect a closed client', [CLOSING, 'closed is closed']),
  // 2.3 Not connected
  row('2.3', 'M', 'getTwin connects first', [TWIN, 'getTwin connects']),
  row('2.3', 'M', 'requests wait for the connection', [AGAIN, 'what is asked for without a connection']),
  row('2.3', 'M', 'the answer of a method is not retried', [SEAM, 'an answer that fails is not retried']),
  // 2.4 Loss
  row(
    '2.4',
    'M',
    'features in use are enabled again',
    [SEAM, 'methods are enabled again after a loss'],
    [SEAM, 'and again after a loss'],
  ),
  row('2.4', 'M', 'disconnect where nothing is retried', [SEAM, 'a loss that is not retried']),
  row('2.4', 'W', 'several disconnect events for one loss', [CLASSIC, 'are one disconnect event']),
  row('2.4', 'M', 'each request is retried by the policy', [SEAM, 'twin requests are retried by the policy']),
  row('2.4', 'M', 'the last error is told', [SEAM, 'a request that the policy gives up']),
  // 2.5 Listeners and subscriptions
  row('2.5', 'M', 'a desired listener enables, and nothing disables', [SEAM, 'enabled with a listener']),
  row(
    '2.5',
    'M',
    'a feature that fails is an error event',
    [SEAM, 'methods that cannot be enabled'],
    [SEAM, 'desired properties that cannot be enabled'],
  ),
  row('2.5', 'M', 'loss, removeAllListeners, open, on again', [LISTENERS, "Microsoft's sample"]),
  row('2.5', 'M', 'after each connect the subscriptions are those of listeners and handlers', [
    AGAIN,
    'everything wanted is subscribed to once',
  ]),
  // 2.6
  row('2.6', 'W', 'twin topics are never subscribed to again', [AGAIN, 'a gateway made anew']),
  row('2.6', 'W', 'nothing is subscribed to after a renewal', [AGAIN, 'a token renewal']),
  // 2.7
  row('2.7', 'M', 'transport errors end nothing', [CLASSIC, 'does not end the process']),
  // 3.7 Inputs and outputs on the wire
  row(
    '3.7',
    'M',
    'SUBSCRIBE …/inputs/# at QoS 1, input names as they are, the bag as of messages from the cloud',
    [ON_BOTH, "'comm.ands'"],
  ),
  row('3.7', 'M', '%24.on in front of the bag, a slash behind it', [ON_BOTH, '/events/%24.on=al%20erts/']),
  row('3.7', 'M', 'a bag that is empty', [ON_BOTH, "'bare'"]),
  row('3.7', 'M', 'complete is done at once; reject and abandon are not on MQTT', [
    ON_BOTH,
    "'reject', 'abandon'",
  ]),
  row('3.7', 'W', 'acknowledged before the app has seen it', [
    MODULES,
    'is acknowledged when the next one is asked for',
  ]),
  row('3.7', 'W', 'none lost, repeated without cause or out of order, whatever is cut', [
    MODULES,
    'through cuts on both lines',
  ]),
  // 3.8 Twin on the wire
  row('3.8', 'M', 'topics, QoS 0, a body of one space, no $version', [
    REQUESTS,
    'by QoS 0, a GET with the body',
  ]),
  row('3.8', 'M', 'responses lazily, once, for a connection', [
    AGAIN,
    'subscribed to once on each connection',
  ]),
  row('3.8', 'W', 'status ignored', [REQUESTS, 'with or without a body']),
  row('3.8', 'M', 'errorCode in the body is an error', [REQUESTS, 'an error in the body alone']),
  row('3.8', 'W', 'no time-out', [REQUESTS, 'without an answer a request ends with its limit']),
  row('3.8', 'W', 'not failed on a loss', [AGAIN, 'with a policy that gives up']),
  row('3.8', 'W', 'malformed JSON ends the process', [TWIN, 'what is no twin harms nobody']),
  row('3.8', 'M', 'desired patches with $version and null', [TWIN, 'a desired patch is merged']),
  // 3.9 Methods on the wire
  row('3.9', 'M', 'request and response topics, JSON bodies', [METHODS, 'payloads of any kind']),
  row('3.9', 'M', 'names with * and :', [METHODS, 'names with * and :']),
  row('3.9', 'W', 'the id of a call is echoed unchecked', [
    '__test__/wire/method_ids.test.js',
    'no answer can carry it, so the call is ignored',
  ]),
  row('3.9', 'M', 'no answer for names without a handler', [METHODS, 'without a handler nobody answers']),
  // 6 Twin
  row(
    '6',
    'M',
    'events of the whole tree after each get, before the result',
    [TWIN, 'its events come before the result'],
    [SEAM, 'a twin: fetched'],
  ),
  row(
    '6',
    'M',
    'merge first, then the events, parents before children, null for deletions',
    [TWIN, 'a desired patch is merged, then told'],
    [SEAM, 'paths of a change'],
  ),
  row('6', 'M', 'array indices are paths', [PATCHES, 'with elements of arrays']),
  row('6', 'M', 'a late listener is told on the next tick', [SEAM, 'a listener that comes late']),
  row('6', 'Q', 'falsy values are not replayed', [TWIN, 'falsy values too']),
  row('6', 'W', 'replayed to all listeners', [TWIN, 'and nobody else is']),
  row('6', 'M', 'reported.update: merged after the answer, nulls delete, callback null', [
    SEAM,
    'a report: sent as it is',
  ]),
  row('6', 'W', 'callback only', [TWIN, 'callback or promise']),
  row('6', 'W', 'a property named update', [TWIN, 'properties of any name survive: update']),
  row('6', 'W', 'arrays are merged by index', [PATCHES, 'arrays are replaced, not merged by index']),
  row('6', 'W', 'changes while offline are not fetched', [
    AGAIN,
    'what changed meanwhile comes as one event',
  ]),
  row('6', 'M', 'desired.$version', [SCRIPTS, 'twin.js']),
  row('6', 'M', 'userRegisteredDesiredPropertiesListener', [SEAM, 'userRegisteredDesiredPropertiesListener']),
  row('6', 'M', 'a missing $version, and an empty twin', [
    TWIN,
    'answers with an empty twin, without versions',
  ]),
  row('6', 'M', 'skipped versions, and all properties at once', [TWIN, 'or with all properties is taken']),
  // 7 Methods
  row('7', 'M', 'request and response, as an app sees them', [SEAM, 'a method: registered, enabled, called']),
  row(
    '7',
    'M',
    'forms of send',
    [SEAM, 'answers: forms of send'],
    [METHODS, 'send(status, callback) answers null'],
  ),
  row('7', 'Q', 'an empty body is status 400', [METHODS, 'is a payload of null']),
  row('7', 'M', 'a handler that throws: status 400', [SEAM, 'a handler that throws']),
  row('7', 'W', 'one that throws after its answer ends the process', [METHODS, 'if nobody was answered']),
  row('7', 'M', 'marked complete before it is sent, and not sent twice', [
    METHODS,
    'an answer a second time',
  ]),
  row('7', 'M', 'handlers survive reconnects', [METHODS, 'calls arrive as before']),
  row('7', 'W', 'no removal, no default handler', [METHODS, 'unless the app opts in']),
  // 8 Modules of IoT Edge, and methods of others
  row('8', 'M', 'EdgeHubConnectionString or IotHubConnectionString, with EdgeModuleCACertificateFile', [
    ON_BOTH,
    'a connection string and a file',
  ]),
  row('8', 'M', 'a file that cannot be read', [ENVIRONMENT, 'a file of roots that cannot be read']),
  row('8', 'M', 'IOTEDGE_…: each is required, the scheme is sasToken', [
    ENVIRONMENT,
    'each variable that is missing',
  ]),
  row('8', 'M', 'the workload API on a socket, and on a port', [ON_BOTH, 'the workload API by port']),
  row('8', 'M', 'the trust bundle is what is trusted, also for methods of others', [
    ENVIRONMENT,
    'comes back when the gateway was made anew',
  ]),
  row('8', 'M', 'IotEdgeAuthenticationProvider: arguments, getTrustBundle', [
    ENVIRONMENT,
    'what the workload API says, or does not say',
  ]),
  row('8', 'W', 'a renewal that fails ends the process', [
    ENVIRONMENT,
    'stays while the workload API is away',
  ]),
  row('8', 'M', 'invokeMethod: request, headers, answer', [ON_BOTH, 'calls methods of devices and modules']),
  row('8', 'M', 'invokeMethod: errors by status', [MODULES, 'by the class of its status']),
  row('8', 'W', 'invokeMethod without a gateway ends the process', [MODULES, 'ERR_IOT_METHOD_GATEWAY']),
  row('8', 'W', 'the port of GatewayHostName is taken for a part of the name', [
    MODULES,
    'over the port of the string',
  ]),
  row('8', 'W', 'NODE_TLS_REJECT_UNAUTHORIZED and agents switch verification off', [
    MODULES,
    'the gateway is verified before it is asked anything',
  ]),
  // 12.1 Weaknesses that concern both
  row('12.1', 'W', '#1 methods and patches are dropped during a renewal', [
    LOAD,
    'over 20 renewals under load',
  ]),
  row('12.1', 'W', '#2 the twin is dead after the gateway was recreated', [
    AGAIN,
    'a gateway made anew, without sessions',
  ]),
  row('12.1', 'W', '#3 twin requests without time-out, loss and status', [
    REQUESTS,
    'after a loss the unanswered',
  ]),
  // 9 Uploads
  row('9', 'M', 'three steps over HTTPS to the hub and the store, with the same requests', [
    UPLOADS_ALIKE,
    'a file in blocks, with its three steps',
  ]),
  row('9', 'M', 'the hub is asked with the token or the certificate of the device', [
    UPLOADS,
    'a device with a certificate shows it to the hub',
  ]),
  row(
    '9',
    'M',
    'blocks of 4 MiB by @azure/storage-blob, loaded when needed, four tries',
    [UPLOADS_BY_RELEASE, 'a stream of some blocks arrives whole'],
    [UPLOADS_BY_RELEASE, 'the library is not loaded before it is needed'],
    [UPLOADS_BY_RELEASE, 'what breaks off is sent again'],
  ),
  row('9', 'M', 'BlobSasError and BlobUploadNotificationError with innerError; the hub is told of failures', [
    UPLOADS_ALIKE,
    'a hub that refuses, and a store that does',
  ]),
  row('9', 'M', 'agents lead to the hub, and proxies are gone through', [
    UPLOADS,
    'hub and store are reached through a proxy',
  ]),
  row('9', 'W', 'a ca that is meant for the gateway breaks uploads, and its path is not read', [
    UPLOADS,
    'a ca that is meant for a gateway breaks no upload',
  ]),
  row('9', 'W', 'memory of twenty blocks, and no progress', [
    '__test__/uploads/volume.test.js',
    'a stream of 32 MB',
  ]),
  row('12.1', 'W', '#4 closing hangs, or does not settle', [
    REQUESTS,
    'closing gives reports their grace time',
  ]),
  row('12.1', 'W', '#8 order is lost on retries', [AGAIN, 'are repeated in order, each told once']),
  row(
    '12.1',
    'W',
    '#10 crashes: malformed twin, throwing handlers',
    [TWIN, 'what is no twin'],
    [METHODS, 'is an error and no crash'],
  ),
  row('12.1', 'W', '#11 a refused subscription counts as subscribed', [
    METHODS,
    'a subscription that is refused',
  ]),
  row('12.1', 'W', '#14 an empty method payload is status 400', [METHODS, 'a body that is empty']),
  row('12.1', 'W', '#16 twin: arrays, name clash, promise, falsy values, missed changes', [
    TWIN,
    'properties of any name survive',
  ]),
  row('12.1', 'W', '#17 methods: removal, default handler, 501', [
    METHODS,
    '501, or what its own function says',
  ]),
  row('12.1', 'W', '#19 typings of twin and methods', [TYPES, 'async function useTwinOfDevice']),
];

/**
 * @param {string} section
 * @param {Row['mark']} mark
 * @param {string} says
 * @param {([file: string, name: string] | string)[]} by Tests, or the feature it comes with.
 * @returns {Row}
 */
function row(section, mark, says, ...by) {
  if (typeof by[0] === 'string') return { section, mark, says, later: by[0] };
  return { section, mark, says, tests: /** @type {[string, string][]} */ (by) };
}

module.exports = { ROWS };
