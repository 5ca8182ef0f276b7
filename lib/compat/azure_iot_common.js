// @ts-check
'use strict';

const { AuthenticationType } = require('../authentication/type');
const {
  callbackToPromise,
  doubleValueCallbackToPromise,
  errorCallbackToPromise,
  httpCallbackToPromise,
  noErrorCallbackToPromise,
  tripleValueCallbackToPromise,
} = require('../plumbing/callback');
const { ConnectionString } = require('../identity/connection_string');
const endpoint = require('../vocabulary/endpoint');
const errors = require('../vocabulary/errors');
const { Message } = require('../message/message');
const results = require('../vocabulary/results');
const { ExponentialBackOffWithJitter, NoRetry, RetryOperation } = require('../connection/retry_policy');
const {
  SharedAccessSignature,
  anHourFromNow,
  encodeUriComponentStrict,
} = require('../authentication/shared_access_signature');
const { getAgentPlatformString } = require('../identity/user_agent');

/**
 * The exports of azure-iot-common 1.13 (device-sdk.md §1.1). The keys that are `undefined` are there in the original
 * too: names of types.
 */
module.exports = {
  anHourFromNow,
  encodeUriComponentStrict,
  ConnectionString,
  endpoint,
  errors,
  results,
  ResultWithHttpResponse: undefined,
  Message,
  SharedAccessSignature,
  RetryOperation,
  RetryPolicy: undefined,
  NoRetry,
  ExponentialBackOffWithJitter,
  AuthenticationProvider: undefined,
  AuthenticationType,
  getAgentPlatformString,
  callbackToPromise,
  doubleValueCallbackToPromise,
  errorCallbackToPromise,
  noErrorCallbackToPromise,
  tripleValueCallbackToPromise,
  httpCallbackToPromise,
  Callback: undefined,
  ErrorCallback: undefined,
  NoErrorCallback: undefined,
  DoubleValueCallback: undefined,
  TripleValueCallback: undefined,
  HttpResponseCallback: undefined,
};
