/** Telemetry that the gateway stored. */
export interface Message {
  /** Of the topic, which need not be the sender's, or of a property `deviceId`. */
  deviceId: string;
  moduleId: string | undefined;
  /** Of the connection that sent it. */
  clientId: string;
  /** With `mqtt-dup`, `mqtt-retain` and `MessageType` where the gateway adds them. */
  properties: Record<string, string>;
  /** `messageId`, `correlationId`, `contentType`, `contentEncoding`, `creationTime`, `modelId`, … */
  systemProperties: Record<string, string>;
  body: Buffer;
  qos: number;
  receivedAt: Date;
}

/** Acknowledged and not stored: no template or property bag, too large, or no route (P3). */
export interface DroppedMessage {
  clientId: string;
  topic: string;
  /** Of the payload, in bytes. */
  size: number;
  reason: string;
  receivedAt: Date;
}
