// @ts-check
'use strict';

const { credentialsOf } = require('../authentication/credentials_of');
const { encodeUriComponentStrict } = require('../authentication/shared_access_signature');
const { readRefusal } = require('../failures/rest_refusal');
const { HttpsClient } = require('../https/client');
const { parseEndpoint } = require('../identity/gateway_address');
const { userAgent } = require('../identity/user_agent');
const { requireUpTo } = require('../plumbing/option');
const { uniqueId } = require('../plumbing/unique_id');
const { readProxyOption } = require('../proxy/choice');
const { readAgent } = require('../proxy/agent');
const { readTrust } = require('../tls/trust');
const { ArgumentError, InternalServerError, InvalidOperationError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { CLIENT } = require('../vocabulary/idiom');
const { ClientOptions } = require('./options');

/** @typedef {import('../..').MethodParams} MethodParams */
/** @typedef {import('../..').MethodResult} MethodResult */
/** @typedef {import('../..').TransportConfig} TransportConfig */

/** Of HTTPS. */
const PORT = 443;
/** For the gateway's own word on a call that took too long, behind the limits of the call. Milliseconds. */
const SLACK_MS = 10_000;
/** The longest that a gateway takes for a limit of a call (edge-gateway.md §1.1), and the response's default. Seconds. */
const MOST_S = 300;
const RESPONSE_S = 30;

/**
 * Calls methods of devices and other modules: `POST https://{gateway}/twins/{d}[/modules/{m}]/methods` (device-sdk.md §8,
 * edge-gateway.md §1.1). A port in GatewayHostName is that of HTTPS, too; an agent may lead to another one.
 */
class MethodCaller {
  #provider;
  #idiom;
  #options = new ClientOptions();
  #productInfo = '';

  /**
   * @param {any} provider Of the module that calls.
   * @param {import('../vocabulary/idiom').Idiom} [idiom]
   */
  constructor(provider, idiom = CLIENT) {
    this.#provider = provider;
    this.#idiom = idiom;
  }

  /** @param {Record<string, any>} options Those of the client: `ca`, `proxy`, `http.agent`, `timeouts` and `productInfo` count. */
  setOptions(options) {
    this.#options.keep(options);
    this.#productInfo = options.productInfo || this.#productInfo;
  }

  /**
   * @param {string} deviceId
   * @param {string | undefined} moduleId
   * @param {MethodParams} params
   * @param {(error: any, result?: MethodResult) => void} callback
   * @param {AbortSignal} [signal]
   * @throws {ArgumentError} `ERR_IOT_OPTION`: it is to take no time that a gateway grants.
   */
  invoke(deviceId, moduleId, params, callback, signal) {
    const timeoutMs = limitOf(params);
    this.#invoke(deviceId, moduleId, params, { timeoutMs, signal }).then(
      (result) => process.nextTick(callback, null, result),
      (error) => process.nextTick(callback, error),
    );
  }

  /**
   * @param {string} deviceId
   * @param {string | undefined} moduleId
   * @param {MethodParams} params
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} limits `timeoutMs`: for the answer.
   * @returns {Promise<MethodResult>}
   */
  async #invoke(deviceId, moduleId, params, { timeoutMs, signal }) {
    const body = bodyOf(params);
    const credentials = await credentialsOf(this.#provider, signal);
    const place = placeOf(credentials);
    const https = new HttpsClient(this.#way(credentials));
    try {
      const { status, body: answer } = await https.request({
        ...place,
        method: 'POST',
        path: pathOf(deviceId, moduleId),
        headers: {
          'Content-Type': 'application/json',
          'x-ms-edge-moduleId': `${credentials.deviceId}/${credentials.moduleId}`,
          Authorization: String(credentials.sharedAccessSignature),
          'Request-Id': uniqueId(),
          'User-Agent': userAgent(this.#productInfo),
        },
        body,
        timeoutMs,
        signal,
      });
      const whose = moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;
      const called = `the method ${quote(params.methodName)} of ${quote(whose)}`;
      if (status >= 300) throw refused(called, status, answer.toString());
      return resultIn(answer.toString(), called);
    } finally {
      https.close();
    }
  }

  /**
   * Files are read, and the environment looked at, for each call.
   *
   * @param {TransportConfig} credentials
   * @returns {import('../https/connection').Way}
   */
  #way({ deviceId, moduleId }) {
    const { ca, proxy, http, timeouts } = this.#options.standing;
    return {
      trusts: [readTrust(ca)],
      proxy: readProxyOption(proxy),
      ...(http?.agent && { detour: readAgent(http.agent, 'http.agent') }),
      timeouts,
      words: { ca, clientId: `${deviceId}/${moduleId}`, field: 'GatewayHostName', idiom: this.#idiom },
    };
  }
}

/**
 * @param {MethodParams} params
 * @returns {string}
 * @throws {ArgumentError} `ERR_IOT_BODY`: JSON cannot say them.
 */
function bodyOf(params) {
  try {
    return JSON.stringify(params);
  } catch (cause) {
    const [why] = String(/** @type {any} */ (cause)?.message ?? cause).split('\n', 1);
    const message = `The call of the method ${quote(params.methodName)} cannot be sent as JSON: ${why}`;
    throw failure(ArgumentError, 'ERR_IOT_BODY', message, {
      hint: 'Give a payload that JSON can express.',
      delivery: 'not sent',
      cause,
    });
  }
}

/**
 * @param {TransportConfig} credentials
 * @returns {{ host: string, port: number }}
 */
function placeOf({ deviceId, moduleId, gatewayHostName }) {
  if (!moduleId) {
    const message = `${quote(deviceId)} is a device: only modules call methods of others`;
    throw failure(InvalidOperationError, 'ERR_IOT_NOT_A_MODULE', message, {
      hint: 'Use the connection string of a module, which has a ModuleId.',
    });
  }
  if (gatewayHostName) return parseEndpoint(gatewayHostName, PORT);
  const message = `The module ${quote(`${deviceId}/${moduleId}`)} has no gateway, which methods are called through`;
  throw failure(ArgumentError, 'ERR_IOT_METHOD_GATEWAY', message, {
    hint: 'Add ;GatewayHostName=<gateway> to its connection string.',
  });
}

/**
 * @param {string} deviceId
 * @param {string | undefined} moduleId
 */
function pathOf(deviceId, moduleId) {
  const module = moduleId === undefined ? '' : `/modules/${encodeUriComponentStrict(moduleId)}`;
  return `/twins/${encodeUriComponentStrict(deviceId)}${module}/methods`;
}

/**
 * @param {MethodParams} params
 * @returns {number | undefined} Milliseconds; `undefined`: the call has no limits of its own.
 * @throws {ArgumentError} `ERR_IOT_OPTION`: a limit is no time that can be waited for. The least is for the gateway to say.
 */
function limitOf({ connectTimeoutInSeconds, responseTimeoutInSeconds }) {
  const connect = numberIn(connectTimeoutInSeconds);
  const response = numberIn(responseTimeoutInSeconds);
  requireUpTo('responseTimeoutInSeconds', response, 'seconds', MOST_S, 0);
  requireUpTo('connectTimeoutInSeconds', connect, 'seconds', MOST_S, 0);
  if (connect === undefined && response === undefined) return undefined;
  return 1000 * ((connect ?? 0) + (response ?? RESPONSE_S)) + SLACK_MS;
}

/**
 * @param {any} value As it travels in JSON, where null is nothing.
 * @returns {any} A text is for the gateway to read.
 */
function numberIn(value) {
  return value === null || typeof value === 'string' ? undefined : value;
}

/**
 * @param {string} text
 * @param {string} called
 * @returns {MethodResult}
 */
function resultIn(text, called) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `The answer of the gateway to the call of ${called} is no JSON`;
    throw failure(InternalServerError, 'ERR_IOT_METHOD_ANSWER', message, {
      hint: 'Something else than edgeHub may answer there, such as a proxy.',
      cause,
    });
  }
}

/**
 * @param {string} called
 * @param {number} status
 * @param {string} body
 */
function refused(called, status, body) {
  const { ErrorClass, reason } = readRefusal(status, body);
  const message = `The call of ${called} failed (HTTP ${status}): ${reason}`;
  return failure(ErrorClass, 'ERR_IOT_METHOD_INVOKE', message, {
    hint:
      HINTS[status] ??
      'The gateway says why. Whoever is called must be connected, and have a handler for the method.',
    statusCode: status,
    responseBody: body,
  });
}

/** @type {Record<number, string>} */
const HINTS = {
  400: 'Correct what was asked for. A payload must be there, be it null; responseTimeoutInSeconds is 5 to 300.',
  401: 'Only modules of the IoT Edge device itself may call. Check key, DeviceId and ModuleId, and the clock.',
  404: 'Whoever is called must be connected to this gateway, and listen for methods.',
  504: 'Whoever is called did not answer in time: allow more by responseTimeoutInSeconds.',
};

module.exports = { MethodCaller };
