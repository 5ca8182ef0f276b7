import { Gateway, GatewayOptions } from './gateway';

/** As for a gateway, without what only a gateway has. It is always as strict as IoT Hub. */
export type HubOptions = Omit<
  GatewayOptions,
  'hubHostName' | 'edgeDeviceId' | 'routes' | 'workloadSocket' | 'workloadPort' | 'offline' | 'strict'
>;

/** What the hub was told at the end of an upload. */
export interface UploadNotification {
  isSuccess: boolean;
  /** As the blob store answered, or what else the device says. */
  statusCode?: number;
  statusDescription?: string;
}

/** An upload of a device. */
export interface Upload {
  deviceId: string;
  /** With its container: `uploads/<deviceId>/<name>`. */
  blobName: string;
  correlationId: string;
  begunAt: Date;
  /** Undefined while it is under way. */
  notification: UploadNotification | undefined;
}

/** A blob that is complete. */
export interface Blob {
  /** With its container. */
  name: string;
  content: Buffer;
  /** Of the content, in hexadecimal. */
  sha256: string;
  /** Of how many blocks it was put together; 0: it came in one piece. */
  blocks: number;
  contentType: string | undefined;
}

/**
 * A running IoT hub, to which devices and modules connect without a gateway: `connectionString(id)` names no
 * `GatewayHostName`. Cloud-to-device messages wait until the device subscribes, whether it was ever connected or not, and
 * packet ids count.
 */
export interface Hub extends Gateway {
  /** Uploads under way, and the latest 100 that are over; the oldest first. */
  readonly uploads: Upload[];
  /** @param name with container: `uploads/<deviceId>/<name>` */
  blob(name: string): Blob | undefined;
}

/**
 * Starts a hub. MQTT, MQTT over WebSocket and HTTPS share one port unless `webSocketPort` says otherwise: HTTPS has the calls
 * for uploads, and a stand-in for the blob store which takes Put Blob, Put Block and Put Block List. Its certificate is for
 * `hostname`, `localhost` by default.
 * @throws {TypeError} an option is unknown, of gateways, or has a value it cannot have
 */
export function startHub(options?: HubOptions): Promise<Hub>;
