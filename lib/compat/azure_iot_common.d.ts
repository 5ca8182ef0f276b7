/**
 * The exports of azure-iot-common 1.13 under their names there. The classes are those of `edge-downstream`, where every
 * member is described; `ConnectionString` and `SharedAccessSignature` differ from those of azure-iot-device.
 */

import { Callback, ErrorCallback, SharedAccessSignatureToken, TransportConfig } from '../../index';

export {
  AuthenticationProvider,
  Callback,
  ErrorCallback,
  ExponentialBackOffWithJitter,
  Message,
  NoRetry,
  Receiver,
  RetryOperation,
  RetryPolicy,
  TransportConfig,
  X509,
  endpoint,
  errors,
  results,
} from '../../index';

/** One hour from now, in seconds since 1970-01-01 UTC, rounded up. */
export function anHourFromNow(): number;

/** `encodeURIComponent` and also `! ' ( ) *`, these with lower-case hex digits. */
export function encodeUriComponentStrict(text: string): string;

/** How a provider authenticates. */
export enum AuthenticationType {
  X509 = 0,
  Token = 1,
}

/** Reads connection strings of any kind, leniently. */
export class ConnectionString {
  HostName?: string;
  DeviceId?: string;
  ModuleId?: string;
  SharedAccessKey?: string;
  SharedAccessKeyName?: string;
  SharedAccessSignature?: string;
  GatewayHostName?: string;
  x509?: string;
  /**
   * The result is a plain object, not an instance.
   *
   * @throws {errors.ArgumentError} A required field is absent.
   */
  static parse(source: string, requiredFields?: string[]): ConnectionString;
}

/** A token for any resource. */
export class SharedAccessSignature implements SharedAccessSignatureToken {
  sr?: string;
  sig?: string;
  skn?: string;
  se?: string | number;
  extend(expiry: string | number): string;
  toString(): string;
  /**
   * @param resourceUri Percent-encoded by the caller.
   * @param keyName Falsy for a device's own key.
   * @param key Base64.
   * @param expiry In seconds since 1970-01-01 UTC.
   * @throws {ReferenceError} `resourceUri`, `key` or `expiry` is falsy.
   */
  static create(
    resourceUri: string,
    keyName: string | null | undefined,
    key: string,
    expiry: string | number,
  ): SharedAccessSignature;
  /**
   * For a key that only `signingFunction` can use.
   *
   * @throws {ReferenceError} An argument is falsy.
   */
  static createWithSigningFunction(
    credentials: TransportConfig,
    expiry: string | number,
    signingFunction: (textToSign: Buffer, signed: (error?: Error | null, signature?: Buffer) => void) => void,
    callback: (error: Error | null, token?: SharedAccessSignature) => void,
  ): void;
  /**
   * Values stay percent-encoded.
   *
   * @throws {errors.FormatError} `source` is no token.
   * @throws {errors.ArgumentError} A required field is absent.
   */
  static parse(source: string, requiredFields?: string[]): SharedAccessSignature;
}

/** `node v20.20.2; Debian 12; x64` */
export function getAgentPlatformString(callback: (platform?: string) => void): void;
export function getAgentPlatformString(): Promise<string>;

/** A result together with the HTTP response it came by. */
export interface ResultWithHttpResponse<T> {
  responseBody: T;
  httpResponse: any;
}

/** Reports a result; the operation cannot fail. */
export type NoErrorCallback<T> = (result?: T) => void;
/** Reports two values. */
export type DoubleValueCallback<T1, T2> = (result1?: T1, result2?: T2) => void;
/** Reports an error, or two values. */
export type TripleValueCallback<T1, T2> = {
  callback(error?: Error | null, result1?: T1, result2?: T2): void;
}['callback'];
/** Reports an error, or a result and the HTTP response. */
export type HttpResponseCallback<T> = TripleValueCallback<T, any>;

// Callback or promise: with a user callback that one is handed to the operation, without one the outcome is a promise.
// A truthy user callback that is no function is a TypeError.

/** For operations that report `(error, result)`. */
export function callbackToPromise<T>(
  operation: (callback: Callback<T>) => void,
  userCallback?: Callback<T>,
): Promise<T> | void;
/** For operations that report `(error)`. */
export function errorCallbackToPromise(
  operation: (callback: ErrorCallback) => void,
  userCallback: ErrorCallback,
): void;
export function errorCallbackToPromise(operation: (callback: ErrorCallback) => void): Promise<void>;
/** For operations that report `(result)` and cannot fail. */
export function noErrorCallbackToPromise<T>(
  operation: (callback: NoErrorCallback<T>) => void,
  userCallback: NoErrorCallback<T>,
): void;
export function noErrorCallbackToPromise<T>(operation: (callback: NoErrorCallback<T>) => void): Promise<T>;
/** For operations that report two values, either of which may be an Error instead. */
export function doubleValueCallbackToPromise<T1, T2, T>(
  operation: (callback: DoubleValueCallback<T1, T2>) => void,
  pack: (result1: T1, result2: T2) => T,
  userCallback: DoubleValueCallback<T1, T2>,
): void;
export function doubleValueCallbackToPromise<T1, T2, T>(
  operation: (callback: DoubleValueCallback<T1, T2>) => void,
  pack: (result1: T1, result2: T2) => T,
): Promise<T>;
/** For operations that report `(error, result1, result2)`. */
export function tripleValueCallbackToPromise<T1, T2, T>(
  operation: (callback: TripleValueCallback<T1, T2>) => void,
  pack: (result1: T1, result2: T2) => T,
  userCallback: TripleValueCallback<T1, T2>,
): void;
export function tripleValueCallbackToPromise<T1, T2, T>(
  operation: (callback: TripleValueCallback<T1, T2>) => void,
  pack: (result1: T1, result2: T2) => T,
): Promise<T>;
/** For operations that report `(error, responseBody, httpResponse)`. */
export function httpCallbackToPromise<T>(
  operation: (callback: HttpResponseCallback<T>) => void,
  userCallback: HttpResponseCallback<T>,
): void;
export function httpCallbackToPromise<T>(
  operation: (callback: HttpResponseCallback<T>) => void,
): Promise<ResultWithHttpResponse<T>>;
