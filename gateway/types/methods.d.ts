export interface MethodOptions {
  /** Who calls: a module on the gateway is heard without the cloud, too. Default `cloud`. */
  from?: 'cloud' | 'module';
  /** For the answer, from delivery on; milliseconds. Default 30 000. */
  responseTimeoutMs?: number;
  /** For the device to connect and subscribe; milliseconds. Default 0: it must be there. */
  connectTimeoutMs?: number;
  /** Request id. Default a GUID. */
  rid?: string;
}

/** A device's answer. */
export interface MethodResult {
  /** 400 000 if the device's was no integer; the payload is null then. */
  status: number;
  /** JSON; null if the answer had no body, a string of the body if that was not JSON. */
  payload: any;
}

/** A call without an answer. */
export class MethodError extends Error {
  constructor(status: 400 | 404 | 504, message: string);
  /**
   * 400: the call of a module had no payload at all.
   * 404: the device is not connected, not subscribed to methods, or the cloud that calls does not reach the gateway.
   * 504: it did not answer in time.
   */
  readonly status: 400 | 404 | 504;
}

/** A call is over. */
export interface MethodOutcome {
  /** `deviceId`, or `deviceId/moduleId`. */
  id: string;
  name: string;
  rid: string;
  from: 'cloud' | 'module';
  /** Of the device's answer, or of the MethodError. */
  status: number;
  /** Undefined without an answer. */
  payload: any;
}
