export interface C2DOptions {
  /** User properties; `mqtt-qos` = `0` lowers the QoS of the delivery (§2.7b). */
  properties?: Record<string, string>;
  /** Default a GUID. */
  messageId?: string;
  correlationId?: string;
  userId?: string;
  /** Default `/devices/<deviceId>/messages/deviceBound`. */
  to?: string;
  expiryTimeUtc?: Date | string;
  contentType?: string;
  contentEncoding?: string;
  ack?: string;
  /** When the hub took it; default now. Over 30 s before the subscription, it is rejected (§5). */
  enqueuedTime?: Date;
}

export type C2DStatus = 'pending' | 'completed' | 'rejected';

/** A cloud-to-device message on its way (D1). */
export interface C2DMessage {
  readonly deviceId: string;
  readonly messageId: string;
  readonly body: Buffer;
  /** As published, property bag included. */
  readonly topic: string;
  readonly enqueuedTime: Date;
  /**
   * `pending` in the hub or at the device; `completed` by PUBACK, or by sending at QoS 0; `rejected` (dead
   * letter) because no subscription matches or is old enough.
   */
  readonly status: C2DStatus;
  /** How often it was sent to the device. */
  readonly deliveryCount: number;
  /** Resolves when `status` is no longer `pending`. */
  readonly settled: Promise<'completed' | 'rejected'>;
}
