export interface C2DOptions {
  /** User properties; `mqtt-qos` = `0` lowers the QoS of the delivery. */
  properties?: Record<string, string>;
  /** Default a GUID. */
  messageId?: string;
  correlationId?: string;
  userId?: string;
  /** Default `/devices/<deviceId>/messages/deviceBound`. */
  to?: string;
  /** Default `limits.c2dTimeToLiveMs` from now, which the device is not told. It travels with seven fractional digits. */
  expiryTimeUtc?: Date | string;
  /** Travels with seven fractional digits. */
  creationTimeUtc?: Date | string;
  contentType?: string;
  contentEncoding?: string;
  messageSchema?: string;
  /** Which feedback the sender asks for; none is modelled. edgeHub loses it: only by the hub itself the device sees it. */
  ack?: string;
  /** When the hub took it, a valid Date; default now. Over 30 s before the subscription, it is rejected. */
  enqueuedTime?: Date;
}

/**
 * `pending` in the hub or at the device; `completed` by PUBACK, or by sending at QoS 0; `rejected`: a dead letter.
 */
export type C2DStatus = 'pending' | 'completed' | 'rejected';

/**
 * Why a message became a dead letter: no subscription matches it or is old enough, it expired in the hub, or it came back
 * from the last of its deliveries.
 */
export type DeadLetterReason = 'noSubscription' | 'expired' | 'deliveryCountExceeded';

/** A cloud-to-device message on its way (D1). */
export interface C2DMessage {
  readonly deviceId: string;
  readonly messageId: string;
  readonly body: Buffer;
  /** As published, property bag included. */
  readonly topic: string;
  readonly enqueuedTime: Date;
  /** When it becomes a dead letter, if it waits in the hub then. */
  readonly expiresAt: Date;
  readonly status: C2DStatus;
  /** Of a message that was rejected. */
  readonly deadLetter: DeadLetterReason | undefined;
  /** How often it was sent to the device. */
  readonly deliveryCount: number;
  /** Resolves when `status` is no longer `pending`. */
  readonly settled: Promise<'completed' | 'rejected'>;
}
