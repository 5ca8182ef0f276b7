/** What an input of a module is sent by `sendInput()`. */
export interface InputOptions {
  properties?: Record<string, string>;
  /** Who sent it, `deviceId` or `deviceId/moduleId`. Default nobody. */
  from?: string;
  messageId?: string;
  correlationId?: string;
  userId?: string;
  contentType?: string;
  contentEncoding?: string;
}

/**
 * `pending` in the store or at the module; `completed` by PUBACK, or by sending at QoS 0; `rejected` because inputs are
 * turned on and no filter matches; `expired` after `limits.timeToLiveMs`.
 */
export type InputStatus = 'pending' | 'completed' | 'rejected' | 'expired';

/** A message on its way to an input of a module. */
export interface InputMessage {
  /** `deviceId/moduleId` of the module. */
  readonly id: string;
  readonly input: string;
  /** Its own, or a GUID that the module is not sent. */
  readonly messageId: string;
  readonly body: Buffer;
  /** As published, property bag included. */
  readonly topic: string;
  readonly status: InputStatus;
  /** How often it was sent to the module. */
  readonly deliveryCount: number;
  /** Resolves when `status` is no longer `pending`. */
  readonly settled: Promise<Exclude<InputStatus, 'pending'>>;
}
