import { EventEmitter } from 'node:events';
import { C2DMessage, C2DOptions } from './c2d';
import { Chain } from './certificates';
import { ConnectionInfo, SubscriptionKind, UndeliveredMessage } from './connection';
import { FaultEvent, Faults } from './faults';
import { Blob, Upload } from './hub';
import { Device, DeviceOptions, ModuleOptions, MqttCredentials, Thumbprints } from './identity';
import { Limits } from './limits';
import { MethodOptions, MethodOutcome, MethodResult } from './methods';
import { InputMessage, InputOptions } from './routing';
import { DroppedMessage, Message } from './telemetry';
import {
  DesiredOptions,
  DesiredUpdate,
  ReportRefusal,
  ReportedUpdate,
  Twin,
  TwinGet,
  TwinProperties,
} from './twin';
import { ModuleEnvironment, WorkloadRequest } from './workload';

export interface GatewayOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /**
   * For HTTPS, and so for MQTT over WebSocket (W1). Default 0: any free port beside `port`, as a real gateway has
   * 443 beside 8883 and takes HTTP for a protocol error on 8883. `'same'`, or the same number, serves both on one
   * port: a connection that begins with an upper-case letter is HTTP, any other MQTT.
   */
  webSocketPort?: number | 'same';
  /** Certificates. Default `createChain({ host: hostname })`, valid from now by the gateway's clock. */
  chain?: Chain;
  /**
   * The gateway's own name, valid in token audiences; without scheme, port and path. Default the chain's host, else
   * `localhost`.
   */
  hostname?: string;
  /** Name of the IoT hub. Default `local.azure-devices.net`. */
  hubHostName?: string;
  devices?: DeviceOptions[];
  /**
   * The device that the gateway runs on. Only its modules may call methods by HTTPS, and routes lead to them. Default the
   * first device with a module.
   */
  edgeDeviceId?: string;
  /**
   * Routes by name, or a list of them, as deployments word them: `FROM /messages/modules/a/outputs/* INTO
   * BrokeredEndpoint("/modules/b/inputs/in1")`, `FROM /messages/* INTO $upstream`. Default the latter. Conditions are not
   * modelled, nor twin change notifications.
   */
  routes?: Record<string, string> | string[];
  /**
   * Unix socket of the workload API, made at the start. Default one in a folder of its own, made by `moduleEnvironment`.
   * Whoever reaches the workload API can sign as a module whose generation id it knows. 103 bytes at most, as systems
   * take no longer ones.
   */
  workloadSocket?: string;
  /** Port of the workload API on 127.0.0.1, plain HTTP; 0 is any free one. Default none. */
  workloadPort?: number;
  /** Start with the cloud out of reach. Default false. */
  offline?: boolean;
  /** Latest messages kept until they are taken, a whole number. Default 100; 0 keeps none, `Infinity` all. */
  keep?: number;
  /** Behave like IoT Hub where edgeHub is lenient. Default false. */
  strict?: boolean;
  /** Send a TLS close_notify before closing. Default false, as edgeHub (T3). */
  cleanClose?: boolean;
  /** Default `TLSv1.2`, as edgeHub; an older one is a fault. */
  minVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** Default `TLSv1.3`. */
  maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /**
   * Whether the TLS handshake asks for a client certificate, as edgeHub does, fails without one, or does not ask.
   * Default `optional`. Any certificate passes the handshake; CONNECT decides on it.
   */
  clientCertificate?: 'optional' | 'required' | 'none';
  /** PEM. The CAs of devices with `x509: 'ca'`. Default the root of the gateway's own chain. */
  trustBundle?: string | string[];
  /** How far the gateway's clock is ahead, in milliseconds; negative: behind. Default 0. */
  clockOffsetMs?: number;
  limits?: Limits;
  faults?: Faults;
}

export interface GatewayEvents {
  /** CONNACK 0 was sent. */
  connected: [connection: ConnectionInfo];
  /** An admitted connection ended. */
  disconnected: [connection: ConnectionInfo & { reason: string }];
  /**
   * A connection ended before CONNACK 0; `returnCode` is undefined if it was closed without CONNACK. With `look` the
   * client left after the handshake and had sent nothing: so do the doctor, and clients in Node.js that do not accept the
   * certificate.
   */
  refused: [
    connection: ConnectionInfo & { reason: string; returnCode: number | undefined; look?: 'certificate' },
  ];
  /**
   * A connection ended before the TLS handshake was done; `reason` tells in plain words what the client objects to, such
   * as a root that it does not trust. With `look` it had sent nothing at all.
   */
  handshakeFailed: [connection: ConnectionInfo & { reason: string; look?: 'port' }];
  /** An HTTPS request other than an upgrade to WebSocket was answered. */
  request: [request: ConnectionInfo & { method: string; path: string; status: number }];
  /** Of a hub: a device was given a signature for a blob. */
  uploadBegun: [upload: Upload];
  /** Of a hub: a device told how its upload ended. */
  uploadEnded: [upload: Upload];
  /** Of a hub: a blob is complete. */
  blob: [blob: Omit<Blob, 'content'> & { bytes: number }];
  telemetry: [message: Message];
  dropped: [message: DroppedMessage];
  /** Stored telemetry has reached the cloud. */
  forwarded: [message: Message];
  /** Acknowledged, stored, and never to reach the cloud: too old, the device is gone, or unreadable. */
  lost: [loss: { message: Message; reason: string }];
  subscribed: [
    subscription: ConnectionInfo & { filter: string; qos: number; kind: SubscriptionKind | undefined },
  ];
  unsubscribed: [subscription: ConnectionInfo & { filter: string; kind: SubscriptionKind | undefined }];
  /** A fault was committed. */
  fault: [fault: FaultEvent];
  /**
   * A message to a device or module went nowhere, as nobody was subscribed to it: a twin response, a desired patch, a
   * method call. A cloud-to-device message waits in the hub, or is told by `c2d`.
   */
  undelivered: [message: UndeliveredMessage];
  /** A C2D message is no longer pending: it was completed, or became a dead letter. */
  c2d: [message: C2DMessage];
  /** A C2D message was sent to its device. */
  c2dDelivered: [delivery: { message: C2DMessage; qos: 0 | 1 }];
  /** A C2D message came back to the hub unacknowledged: its lock ended, or the connection. */
  c2dReturned: [delivery: { message: C2DMessage; reason: string }];
  /** A request to the workload API was answered. */
  workload: [request: WorkloadRequest];
  /** A message to an input of a module is no longer pending. */
  input: [message: InputMessage];
  /** A twin GET was served. */
  twinGet: [request: TwinGet];
  /** A device reported; `status` tells whether it was accepted. */
  reported: [update: ReportedUpdate];
  /**
   * The hub refused reported properties that were answered with 204, because the document would be too large. They are
   * kept, and told again with the next report or when the cloud is back, with whatever was reported since.
   */
  reportRefused: [refusal: ReportRefusal];
  /** A desired patch was sent to a device. */
  desired: [update: DesiredUpdate];
  /** A method call is over. */
  method: [outcome: MethodOutcome];
}

/** A running gateway and the cloud behind it. */
export interface Gateway extends EventEmitter<GatewayEvents> {
  /** Address it listens on. */
  readonly host: string;
  readonly port: number;
  /** Of HTTPS; equals `port` where both share one. */
  readonly webSocketPort: number;
  /** `wss://<hostname>:<webSocketPort>/$iothub/websocket`, the path that official SDKs ask for; no port if it is 443. */
  readonly webSocketUrl: string;
  readonly hostname: string;
  readonly hubHostName: string;
  /** Name and port, whatever the port. */
  readonly endpoint: string;
  readonly chain: Chain;
  /** What a device must trust. */
  readonly rootPem: string;
  /** Assign to change what is committed from now on. @throws {TypeError} unknown fault or value */
  faults: Faults;
  /** Whether any route is in force; without one telemetry is dropped (P3). Default true. */
  route: boolean;
  /**
   * The routes, by name. Assign to change them; what is stored already goes where it was to go.
   * @throws {TypeError} names the route that cannot be, or its condition
   */
  get routes(): Record<string, string>;
  set routes(routes: Record<string, string> | string[]);
  /**
   * Whether the cloud is out of reach. Telemetry is then stored and acknowledged, and nothing comes from the cloud.
   * Default false.
   */
  offline: boolean;
  /** Telemetry on its way to the cloud: sent there, lost on the way, and stored until the link is back. */
  readonly upstream: { forwarded: number; lost: number; stored: number };
  /** The messages kept and not yet taken, oldest first. */
  readonly received: Message[];
  /** The latest 100. */
  readonly dropped: DroppedMessage[];
  /** Since the start. */
  readonly counts: { received: number; dropped: number; connections: number };

  /**
   * How far the gateway's clock is ahead, in milliseconds. A change shows in what is decided later: at CONNECT and at
   * the sweep.
   */
  clockOffsetMs: number;

  /*
   * A client id is `<deviceId>`, or `<deviceId>/<moduleId>`. One that is not a child of the gateway is a RangeError in
   * all that follows, and an option that there is not, or that cannot have its value, a TypeError.
   */

  /**
   * `HostName=<hub>;DeviceId=…[;ModuleId=…];SharedAccessKey=<primary>;GatewayHostName=<hostname>:<port>`, without the
   * port if it is 8883, the only one that other SDKs know; `x509=true` in place of a key. With `direct` the gateway is the `HostName` and there is no `GatewayHostName`: for
   * clients that do not heed it, as azure-iot-device with X.509.
   */
  connectionString(clientId: string, options?: { direct?: boolean }): string;

  /**
   * The environment of a module's process, with which `fromEnvironment` of an SDK finds the workload API, and by that its
   * token and what to trust.
   * @param options.workload default `unix`, on Windows `http`, which needs `workloadPort`
   * @throws {TypeError} devices have no such environment
   * @throws {Error} the workload API has no port, cannot make its socket, or ended with the gateway
   */
  moduleEnvironment(id: string, options?: { workload?: 'unix' | 'http' }): ModuleEnvironment;

  /**
   * What a plain MQTT client sends in CONNECT; there is no password with X.509.
   * @param options.lifetimeMs of the token. Default an hour.
   */
  mqttCredentials(clientId: string, options?: { lifetimeMs?: number }): MqttCredentials;

  /**
   * @throws {RangeError} it exists already
   * @throws {TypeError} a name, key or thumbprint that cannot be one
   */
  addDevice(device: DeviceOptions): Device;
  /** @throws as `addDevice` */
  addModule(deviceId: string, module: ModuleOptions): Device;
  /** All devices and modules, as they are known at present. */
  devices(): Device[];
  /** Deletes a device with its modules, or one module; their connections are closed (D4). */
  removeDevice(clientId: string): void;
  /** Its connection is closed, and those of its modules (D4). Offline too: the gateway hears of it at once. */
  disableDevice(clientId: string): void;
  enableDevice(clientId: string): void;
  /**
   * Changes what is given. Without any key both are made up; thumbprints must be given. A connection whose credentials
   * no longer hold is closed (D4), also that of a module which signs with the device's key.
   * @throws {TypeError} keys for a device with X.509, thumbprints for one with keys, or `x509: 'ca'`
   */
  rotateKeys(
    clientId: string,
    secrets?: { primaryKey?: string; secondaryKey?: string } | Partial<Thumbprints>,
  ): Device;

  /**
   * Sends a cloud-to-device message (D1). It waits in the hub until the device subscribes.
   * @throws {TypeError} modules get no such messages; a time that is none; a property that is no Unicode text
   * @throws {RangeError} its properties do not fit into a topic
   */
  sendC2D(deviceId: string, body: Buffer | string, options?: C2DOptions): C2DMessage;

  /**
   * Sends a message to an input of a module, as a route would. It is stored until the module takes it.
   * @throws {TypeError} devices have no inputs; an input that is not one level of a topic; a property that is no Unicode
   *   text
   * @throws {RangeError} its properties do not fit into a topic
   */
  sendInput(id: string, input: string, body: Buffer | string, options?: InputOptions): InputMessage;

  /**
   * Calls a direct method of a device, or of a module `deviceId/moduleId` (D2). An undefined `payload` is null.
   * @throws {MethodError} 404 not there, 504 no answer in time
   * @throws {RangeError} unknown device, a time that cannot be, `rid` in use; from a module also a name of more than
   *   100 characters or a payload of more than 128 KiB; a name that does not fit into a topic
   * @throws {TypeError} a name or `rid` that cannot stand in a topic
   */
  invokeMethod(id: string, name: string, payload?: unknown, options?: MethodOptions): Promise<MethodResult>;

  /**
   * Changes the desired properties of a device, or of a module `deviceId/moduleId`, in the hub; null deletes (D3). A
   * connected subscriber is sent the change; nothing is kept for another. Returns the version.
   * @throws {RangeError} unknown device, or a `version` that is not above the present one
   * @throws {TypeError} no properties that a twin can hold
   */
  patchDesired(id: string, patch: TwinProperties, options?: DesiredOptions): number;
  /** A copy of the twin that the hub has. @throws {RangeError} unknown device */
  twin(id: string): Required<Twin>;

  /**
   * Takes the oldest `count` messages as soon as there are as many. Who asked first is served first.
   * @throws {TypeError} `count` is no whole number from 0, or `timeoutMs` no time
   * @throws {RangeError} `count` is more than `keep`
   * @throws {Error} `timeoutMs` passed, the gateway was closed, or the reason of `signal`
   */
  waitForMessages(count: number, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Message[]>;
  /** Takes messages one by one until the gateway closes; end it earlier by `break` or by `signal`. */
  messages(options?: { signal?: AbortSignal }): AsyncGenerator<Message, void, void>;

  connections(): Array<ConnectionInfo & { subscriptions: string[] }>;
  /**
   * Cuts the connections of a device or module now, by FIN (default) or RST. Returns how many.
   * @throws {TypeError} another way
   */
  cut(clientId: string, how?: 'fin' | 'rst'): number;
  /** Half-open: stops reading from and answering a device or module, and keeps the socket. Returns how many. */
  freeze(clientId: string): number;
  /**
   * Sends bytes to a device or module as they are, such as a malformed packet. Returns to how many connections.
   * @param bytes or a string of hexadecimal digits
   * @throws {TypeError} neither
   */
  inject(clientId: string, bytes: Uint8Array | string): number;
  /**
   * Sends a PUBLISH to a device or module, with packet id 1, whether it subscribed or not; nobody waits for its PUBACK.
   * Returns to how many connections.
   * @param options.qos default 1
   * @throws {TypeError} an empty topic, another QoS
   * @throws {RangeError} the topic is too long
   */
  publish(clientId: string, topic: string, payload: Uint8Array | string, options?: { qos?: 0 | 1 }): number;

  /**
   * Stops, and starts again on the same port. Connections are dropped without a will; the hub keeps its C2D
   * messages. Sessions, stored telemetry and cached twins survive unless `keepSessions` is false, as without persistent
   * storage. Restarts come one after the other.
   * @throws {TypeError} `downtimeMs` is no time, or `chain` cannot be presented; nothing stops then
   * @throws {Error} the gateway was closed, or the port cannot be listened on any more
   */
  restart(options?: { downtimeMs?: number; keepSessions?: boolean; chain?: Chain }): Promise<void>;
  /** Drops all connections and frees the port, also during a restart. Whoever waits for messages or answers is told. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a gateway.
 * @throws {TypeError} unknown option, limit or fault, or a value that it cannot have
 * @throws {Error} the port cannot be listened on (`EADDRINUSE`, `EACCES`)
 */
export function startGateway(options?: GatewayOptions): Promise<Gateway>;
