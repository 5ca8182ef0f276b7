import { EventEmitter } from 'node:events';

/** The certificates of a gateway and the key of its server certificate, all PEM. */
export interface Chain {
  /** Common name of the server certificate: the first of `ChainOptions.host`. */
  readonly host: string;
  /** What a device must trust: the root, or the self-signed CA of a quick-start gateway. */
  readonly rootPem: string;
  /** Absent for a quick-start gateway. */
  readonly intermediatePem: string | undefined;
  readonly deviceCaPem: string;
  readonly serverPem: string;
  /** PKCS#8. */
  readonly serverKeyPem: string;
  /** The certificates that the gateway presents in the handshake, in order. */
  readonly chainPem: string;
}

/** `rsa-<bits>` signs with SHA-256, a curve with the digest of its strength. */
export type KeyKind = `rsa-${number}` | 'P-256' | 'P-384' | 'P-521';

export interface ChainOptions {
  /**
   * Names and IP addresses of the gateway. The first is the common name; all of them, then `edgeHub`, are the
   * subject alternative names. Default `localhost`.
   */
  host?: string | string[];
  /** Certificates to present, in order. Default server, deviceCa, intermediate; with `quickStart` only server. */
  present?: Array<'server' | 'deviceCa' | 'intermediate' | 'root'>;
  /** Share all CAs of that chain: a gateway that renewed its server certificate. */
  issuer?: Chain;
  /** Share the root of that chain, with a new intermediate and device CA. */
  root?: Chain;
  /** Common name of a new root. Default `Azure_IoT_Hub_CA_Cert_Test_Only`, so every new root has the same name. */
  rootName?: string;
  /** Names the device CA: `<edgeDeviceName>.ca`, or `aziot-edge CA <edgeDeviceName>`. Default `edge`. */
  edgeDeviceName?: string;
  /** A gateway without configured certificates: the device CA is self-signed, 90 days, path length 0. */
  quickStart?: boolean;
  /** RSA key size of the CAs in bits. Default 2048; certGen.sh makes 4096. */
  caKeySize?: number;
  /** Key kind of the CAs; goes before `caKeySize`. */
  caKey?: KeyKind;
  /** Key kind of the server certificate. Default `rsa-2048`. */
  serverKey?: KeyKind;
  /** Default now, without any back-dating, as edgeHub's certificate. */
  serverNotBefore?: Date;
  /** Default 30 days after `serverNotBefore`, or when the device CA expires, whichever comes first. */
  serverNotAfter?: Date;
}

/**
 * Makes the certificates of a gateway (contract edge-gateway.md §6.2–§6.5). Keys are new in every call, unless
 * `issuer` or `root` shares those of an earlier chain of this process. RSA keys take some 100 ms each.
 * @throws {RangeError} unknown key kind, or a certificate in `present` that the chain does not have
 * @throws {TypeError} `issuer` or `root` is not a chain of this process
 */
export function createChain(options?: ChainOptions): Promise<Chain>;

/** A child of the gateway. Keys are base64. */
export interface DeviceOptions {
  deviceId: string;
  /** Default random, 32 bytes. */
  primaryKey?: string;
  /** Default random, 32 bytes. */
  secondaryKey?: string;
}

export interface Device {
  deviceId: string;
  primaryKey: string;
  secondaryKey: string;
  enabled: boolean;
}

/** Times in milliseconds, at most 2 147 483 647; sizes in bytes. Defaults are edgeHub's unless said otherwise. */
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
   * Before CONNACK 5 for a device that is unknown or disabled (C7). Default 50; a real gateway takes about 3 000
   * online and 100 000 offline (§7).
   */
  refusalDelayMs?: number;
  /** How long a token is accepted behind its expiry (C6, D5). Default 300 000. */
  sasGraceMs?: number;
  /** Between two checks of all tokens (D5). Default 300 000. */
  reauthenticateIntervalMs?: number;
  /** Before an unacknowledged C2D message is delivered again (§5). Default 60 000, IoT Hub's. */
  c2dLockMs?: number;
  /** How long a client may take to close after the gateway has. Default 1 000; not edgeHub's. */
  lingerMs?: number;
}

export interface GatewayOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Certificates. Default `createChain({ host: hostname })`. */
  chain?: Chain;
  /** The gateway's own name, valid in token audiences. Default the chain's host, else `localhost`. */
  hostname?: string;
  /** Name of the IoT hub. Default `local.azure-devices.net`. */
  hubHostName?: string;
  devices?: DeviceOptions[];
  /** Latest messages kept until they are taken. Default 100; 0 keeps none, `Infinity` all. */
  keep?: number;
  /** Behave like IoT Hub where edgeHub is lenient (§11.1). Default false. */
  strict?: boolean;
  /** Send a TLS close_notify before closing. Default false, as edgeHub (T3). */
  cleanClose?: boolean;
  /** Default `TLSv1.2`. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Default `TLSv1.3`. */
  maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  limits?: Limits;
  faults?: Faults;
}

/** What is known of a connection; the device from CONNACK 0 on. */
export interface ConnectionInfo {
  /** Counts TCP connections to this gateway, from 1. */
  connectionNumber: number;
  /** Of the client, with port. */
  address?: string;
  tlsVersion?: string;
  clientId?: string;
  deviceId?: string;
  moduleId?: string;
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

/** Telemetry that the gateway stored (§3). */
export interface Message {
  /** Of the topic, which need not be the sender's, or of a property `deviceId` (§2.9, §3.1). */
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

/** What edgeHub turns on for a topic filter (§2.8). */
export type SubscriptionKind = 'methods' | 'desired' | 'c2d' | 'twinResponses' | 'moduleInputs';

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

/**
 * At one publish: `cut` ends the connection with a FIN, `reset` with an RST; before the message is stored, after
 * that and before its PUBACK, or after its PUBACK. `drop-puback` forgets the PUBACK. A delay holds back this
 * PUBACK and all publishes behind it, like a slow store.
 */
export type PublishFault =
  | 'cut-before-store'
  | 'reset-before-store'
  | 'cut-before-puback'
  | 'reset-before-puback'
  | 'cut-after-puback'
  | 'reset-after-puback'
  | 'drop-puback'
  | { delayMs: number };

/** `silent` never answers; a `code` other than 0 refuses; `delayMs` without one only delays the decision. */
export type ConnackFault = 'silent' | 'cut' | 'reset' | { code?: number; delayMs?: number };

/** A decision for the case at hand; undefined behaves. */
type Decide<Circumstances extends unknown[], Fault> =
  Fault | ((...circumstances: Circumstances) => Fault | undefined);

/**
 * Faults to commit (§11.3): each a fault for every case, or a function that decides. A function that returns what
 * is no fault of its kind raises an uncaught TypeError which names it.
 */
export interface Faults {
  /** At TCP accept: reset at once, or accept and never start TLS. */
  accept?: Decide<[connectionNumber: number], 'refuse' | 'silent'>;
  /** At CONNECT. */
  connack?: Decide<[connection: ConnectionInfo], ConnackFault>;
  /** At PUBLISH; `n` counts the publishes of the connection from 1. */
  publish?: Decide<[n: number, packet: PublishPacket, connection: ConnectionInfo], PublishFault>;
  /** At SUBSCRIBE, for each filter: the code to grant, such as 0x80, or no SUBACK at all. */
  suback?: Decide<[filter: string, connection: ConnectionInfo], number | 'silent'>;
  /** At PINGREQ: no PINGRESP. */
  pingresp?: Decide<[connection: ConnectionInfo], 'silent'>;
}

export interface GatewayEvents {
  /** CONNACK 0 was sent. */
  connected: [connection: ConnectionInfo];
  /** An admitted connection ended. */
  disconnected: [connection: ConnectionInfo & { reason: string }];
  /** A connection ended before CONNACK 0; `returnCode` is undefined if it was closed without CONNACK. */
  refused: [connection: ConnectionInfo & { reason: string; returnCode: number | undefined }];
  /** A connection ended before the TLS handshake was done; `reason` may be an alert, such as an unknown CA. */
  handshakeFailed: [connection: ConnectionInfo & { reason: string }];
  telemetry: [message: Message];
  dropped: [message: DroppedMessage];
  subscribed: [
    subscription: ConnectionInfo & { filter: string; qos: number; kind: SubscriptionKind | undefined },
  ];
  unsubscribed: [subscription: ConnectionInfo & { filter: string; kind: SubscriptionKind | undefined }];
  /** A C2D message was completed or rejected. */
  c2d: [message: C2DMessage];
}

/** A running gateway and the cloud behind it. */
export interface Gateway extends EventEmitter<GatewayEvents> {
  /** Address it listens on. */
  readonly host: string;
  readonly port: number;
  readonly hostname: string;
  readonly hubHostName: string;
  readonly chain: Chain;
  /** What a device must trust. */
  readonly rootPem: string;
  /** Assign to change what is committed from now on. @throws {TypeError} unknown fault or value */
  faults: Faults;
  /** Whether a route catches telemetry; without one it is dropped (P3). Default true. */
  route: boolean;
  /** The messages kept and not yet taken, oldest first. */
  readonly received: Message[];
  /** The latest 100. */
  readonly dropped: DroppedMessage[];
  /** Since the start. */
  readonly counts: { received: number; dropped: number; connections: number };

  /** `HostName=<hub>;DeviceId=…;SharedAccessKey=<primary>;GatewayHostName=<hostname>:<port>` */
  connectionString(deviceId: string): string;

  /** @throws {RangeError} it exists already */
  addDevice(device: DeviceOptions): Device;
  /** Deletes the device or takes it from this gateway; its connection is closed (D4). */
  removeDevice(deviceId: string): void;
  /** Its connection is closed (D4). */
  disableDevice(deviceId: string): void;
  enableDevice(deviceId: string): void;
  /** Without `keys` both are made up. A connection whose token no longer holds is closed (D4). */
  rotateKeys(deviceId: string, keys?: { primaryKey?: string; secondaryKey?: string }): Device;

  /**
   * Sends a cloud-to-device message (D1). It waits in the hub until the device subscribes.
   * @throws {RangeError} unknown device
   */
  sendC2D(deviceId: string, body: Buffer | string, options?: C2DOptions): C2DMessage;

  /**
   * Takes the oldest `count` messages as soon as there are as many.
   * @throws {RangeError} `count` is more than `keep`
   * @throws {Error} `timeoutMs` passed, or the reason of `signal`
   */
  waitForMessages(count: number, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Message[]>;
  /** Takes messages one by one, for ever; end it by `break` or by `signal`. */
  messages(options?: { signal?: AbortSignal }): AsyncGenerator<Message, void, void>;

  connections(): Array<ConnectionInfo & { subscriptions: string[] }>;
  /** Cuts the connections of a device now, by FIN (default) or RST. Returns how many. */
  cut(deviceId: string, how?: 'fin' | 'rst'): number;
  /** Half-open: stops reading from and answering a device, and keeps the socket. Returns how many. */
  freeze(deviceId: string): number;

  /**
   * Stops, and starts again on the same port. Connections are dropped without a will; the hub keeps its C2D
   * messages. Sessions survive unless `keepSessions` is false.
   */
  restart(options?: { downtimeMs?: number; keepSessions?: boolean; chain?: Chain }): Promise<void>;
  /** Drops all connections and frees the port. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a gateway.
 * @throws {TypeError} unknown limit or fault
 * @throws {Error} the port cannot be listened on (`EADDRINUSE`, `EACCES`)
 */
export function startGateway(options?: GatewayOptions): Promise<Gateway>;
