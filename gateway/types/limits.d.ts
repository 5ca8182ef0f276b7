/**
 * Times in milliseconds, at most 2 147 483 647; sizes in bytes. Defaults are edgeHub's unless said otherwise; a hub has no
 * bound of clients, a silence of 1 767 000, and delivers method calls at once.
 */
export interface Limits {
  /** From TCP accept to CONNECT (T2). Default 60 000. */
  connectTimeoutMs?: number;
  /** Of a whole packet (P4). Default 262 144. */
  maxPacketSize?: number;
  /** Longest silence allowed whatever the keep-alive (K1). Default 600 000. */
  maxKeepAliveMs?: number;
  /** Clients served at a time (C10). Default 100. */
  maxClients?: number;
  /** Publishes queued before the socket is no longer read (P12). Default 100. */
  maxPendingPublishes?: number;
  /**
   * Before CONNACK 5 for a device that is unknown or disabled (C7). Default 50; a real gateway takes about 3 000.
   */
  refusalDelayMs?: number;
  /** The same while the cloud is out of reach. Default 100; a real gateway takes up to 100 000. */
  refusalDelayOfflineMs?: number;
  /** How long a token is accepted behind its expiry (C6, D5). Default 300 000. */
  sasGraceMs?: number;
  /** Between two checks of all tokens (D5). Default 300 000. */
  reauthenticateIntervalMs?: number;
  /** Before an unacknowledged C2D message is delivered again (D1). Default 60 000, IoT Hub's. */
  c2dLockMs?: number;
  /** Deliveries of a C2D message, of which the last one's return makes it a dead letter. Default 10, IoT Hub's. */
  c2dMaxDeliveries?: number;
  /** Of a C2D message without an expiry of its own. Default 3 600 000, IoT Hub's. */
  c2dTimeToLiveMs?: number;
  /**
   * How long a receive call of edgeHub takes at most: after the C2D subscription was removed, one message is still taken
   * within that time (S3). Default 20 000.
   */
  c2dReceiveMs?: number;
  /** For the PUBACK of a message to a module's input; after it the message is sent again. Default 30 000. */
  inputAckTimeoutMs?: number;
  /** How long a client may take to close after the gateway has. Default 1 000; not edgeHub's. */
  lingerMs?: number;
  /** How long telemetry waits for the cloud before it vanishes. Default 7 200 000, the template's. */
  timeToLiveMs?: number;
  /**
   * Memory for what is stored while the cloud is out of reach, and as much for modules that are away: bodies, properties,
   * and 600 bytes a message besides. When it is full, publishes close the connection unacknowledged, as when edgeHub's disk
   * is full. Default 64 MiB.
   */
  storeBytes?: number;
  /** Before the hub's answer to a twin GET (P5); the connection's later publishes wait. Default 0. */
  twinDelayMs?: number;
  /** The same while the cloud is out of reach. Default 20 000. */
  twinOfflineDelayMs?: number;
  /**
   * When the cloud is back, a connected device is sent what it missed of its desired properties, unless the gateway has
   * fetched its twin within that time (D3). Default 120 000.
   */
  twinSyncPeriodMs?: number;
  /** From the subscription to a method call that waits for it. Default 3 000. */
  methodDeliveryDelayMs?: number;
  /** Of a hub: uploads of a device that are under way at a time; one more is answered with 403. Default 10. */
  uploadsPerDevice?: number;
  /** Of a hub: how long a signature for a blob is good, and an upload under way at most. Default 3 600 000. */
  blobSasMs?: number;
  /** Of a hub: what its blob store holds. Default 512 MiB. */
  blobBytes?: number;
}
