/** What is known of a connection; the device from CONNACK 0 on. */
export interface ConnectionInfo {
  /** Counts TCP connections to this gateway, from 1. */
  connectionNumber: number;
  /** Of the client, with port. */
  address?: string;
  tlsVersion?: string;
  /** Absent before it is known: on a port for HTTP, until the upgrade. */
  protocol?: 'mqtt' | 'websocket';
  clientId?: string;
  /** How the client introduces itself: `DeviceClientType` of its username, decoded. Absent without one. */
  userAgent?: string;
  deviceId?: string;
  moduleId?: string;
  /** What CONNECT came with: a token, or else a client certificate; absent if it was neither. */
  authentication?: 'key' | 'x509';
  /** Seconds, as in CONNECT. */
  keepAlive?: number;
  cleanSession?: boolean;
  sessionPresent?: boolean;
  connectedAt?: Date;
}

/** A PUBLISH from a client. The payload is a view of the read buffer: copy what is to be kept. */
export interface PublishPacket {
  topic: string;
  payload: Buffer;
  qos: number;
  /** 0 at QoS 0. */
  packetId: number;
  dup: boolean;
  retain: boolean;
}

/** What edgeHub turns on for a topic filter. */
export type SubscriptionKind = 'methods' | 'desired' | 'c2d' | 'twinResponses' | 'moduleInputs';

/** A message that nobody was subscribed to. */
export interface UndeliveredMessage {
  /** `deviceId`, or `deviceId/moduleId`. */
  clientId: string;
  topic: string;
  reason: string;
}
