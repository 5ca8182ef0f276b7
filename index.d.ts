/**
 * edge-downstream: connects a downstream device to an Azure IoT Edge gateway.
 *
 * `connect()` is for new code. `Client`, `Message` and the rest are those of azure-iot-device, for code that exists.
 * The same classes stand under the original names in `edge-downstream/azure-iot-device`,
 * `edge-downstream/azure-iot-device-mqtt` and `edge-downstream/azure-iot-common`.
 *
 * Errors are instances of the classes of `errors`. Those this package makes carry `code`, `hint`, `cause` and `delivery`.
 */

import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';

// ---------------------------------------------------------------------------------------------------------------------
// New code: connect()
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Connects a device or a module to its gateway.
 *
 * The first connection is tried once, so that a mistake is told at once, unless `retry` is `'forever'`. Afterwards it comes
 * back for ever, unless `retry` says otherwise.
 *
 * @returns The device, connected; the {@link Module}, if the connection string has a `ModuleId`:
 *   `connect<Module>({ connectionString })`.
 * @throws {errors.ArgumentError} An option is unknown or cannot be used, or the connection string is at fault:
 *   `ERR_IOT_OPTION`, `ERR_IOT_OPTION_UNKNOWN`, `ERR_IOT_CONNECTION_STRING_…`, `ERR_IOT_KEY_NOT_BASE64`.
 * @throws {errors.FormatError} The connection string, or the token in it, is malformed.
 * @throws {errors.NotConnectedError} The name does not resolve, the network or TLS failed.
 * @throws {errors.UnauthorizedError} The gateway refused the device.
 */
export function connect<Who extends Device | Module = Device>(options: ConnectOptions): Promise<Who>;
/**
 * Connects a module as the environment says: `EdgeHubConnectionString` with `EdgeModuleCACertificateFile`, or what IoT Edge
 * sets for its modules (`IOTEDGE_…`), whose workload API signs the tokens and knows the roots to trust.
 *
 * @throws {ReferenceError} A variable is missing, which is named, or cannot be used, such as the connection string of a
 *   device: `ERR_IOT_ENVIRONMENT`.
 * @throws {Error} The workload API cannot be used: `ERR_IOT_WORKLOAD_…`.
 */
export function connect(options: EnvironmentOptions): Promise<Module>;

/** What {@link connect} can be told. Names it does not know are errors. */
export interface ConnectOptions {
  /**
   * `HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>`, or with
   * `SharedAccessSignature=<token>` for the key. The gateway may have a port: `gateway.local:8883`. Read strictly:
   * unknown and duplicate fields are errors, and so is white space around a field.
   */
  connectionString: string;
  /**
   * The root certificates to trust, and no others. Default: those of the operating system and of
   * `NODE_EXTRA_CA_CERTS`. A path is read again at every reconnect.
   */
  ca?: CertificateAuthority | undefined;
  /**
   * The certificate of a device that authenticates with X.509 (`x509=true` in the connection string), and those above it:
   * PEM, DER, a path, or an array of these. A path is read again at every reconnect.
   */
  cert?: CertificateAuthority | undefined;
  /** Its private key: PEM or DER, PKCS#8, PKCS#1 or SEC1, encrypted or not, or a path. */
  key?: string | Uint8Array | undefined;
  /** Of an encrypted key. */
  passphrase?: string | undefined;
  /** The HTTP proxy to go through. Default: what `HTTPS_PROXY` and `NO_PROXY` say. See {@link ProxyOption}. */
  proxy?: ProxyOption | undefined;
  /**
   * Seconds, from 1 to 65 535. Default: 180. A dead line is given up after 90 s of silence, and after 2 × `keepAlive`
   * + 5 s where that is less.
   */
  keepAlive?: number | undefined;
  /**
   * Whether to try again after a connection was lost, or could not be made again.
   *
   * Default: for ever, with delays up to 60 s; only the very first connection is not retried. `'forever'` retries that
   * one too, for a device that boots before its gateway. `'never'` gives up at once: what is under way fails.
   */
  retry?: RetryPolicy | 'forever' | 'never' | undefined;
  /** How long the steps of connecting may take. */
  timeouts?: ConnectTimeouts | undefined;
  /**
   * What `sendEvent` does when the outgoing queue is full: `'wait'` in memory, which has no bound (default), or
   * `'refuse'` with an InvalidOperationError, `ERR_IOT_QUEUE_FULL`.
   */
  whenFull?: 'wait' | 'refuse' | undefined;
  /** Appended to the user agent, which operators see at the hub. */
  productInfo?: string | undefined;
  /** The digital twin model of an IoT Plug and Play device: `dtmi:com:example:Thermostat;1`. */
  modelId?: string | undefined;
  /** The class that transports: {@link Mqtt}, which is the default, or {@link MqttWs}. */
  transport?: TransportConstructor | undefined;
  /** How tokens are renewed. Only with a SharedAccessKey. */
  tokenRenewal?: TokenRenewalValues | undefined;
}

/** What {@link connect} can be told where the environment says who connects. */
export interface EnvironmentOptions extends Omit<ConnectOptions, 'connectionString'> {
  connectionString?: undefined;
  /** `true`: that of the process. Or an object in its form. */
  environment: true | { readonly [name: string]: string | undefined };
}

/** Milliseconds. */
export interface ConnectTimeouts {
  /** Resolving the name and connecting, all addresses together; with a proxy, its answer as well. Default: 20 000. */
  connectMs?: number | undefined;
  /** The TLS handshake; over WebSocket, the upgrade as well. Default: 30 000. */
  tlsMs?: number | undefined;
  /** Waiting for the answer to CONNECT; a gateway can take 100 s to refuse a device. Default: 130 000. */
  connackMs?: number | undefined;
}

/**
 * An HTTP proxy, which is asked by CONNECT for a tunnel to the gateway: `http://proxy:3128`, with `user:password@` before
 * the host if need be (percent-encoded). `false`: none, whatever the environment says. Or an `HttpsProxyAgent` of
 * https-proxy-agent.
 */
export type ProxyOption = string | URL | false | { proxy: unknown };

/**
 * A certificate as PEM text, PEM or DER bytes, or the path of a file with one; several certificates in one text or file
 * all count. Or an array of these, such as the old and the new root while certificates are changed over.
 */
export type CertificateAuthority = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * What {@link Device} and {@link Module} share. They stay connected: after a loss they come back by themselves, and what was
 * sent is kept meanwhile. They keep the process alive until they are closed.
 */
interface Participant extends EventEmitter {
  /**
   * Sends a message. It is kept over connection losses, in order, and resolves when the gateway acknowledged it.
   *
   * @param body A text or bytes go as they are, a {@link Message} too. Anything else travels as JSON, with
   *   `contentType` application/json and `contentEncoding` utf-8; what JSON would silently empty (a Promise, Map, Set or
   *   Error, a function, `NaN`) is refused.
   * @param options Beside a Message only `timeout` and `signal`.
   * @throws {errors.ArgumentError} Body, option or property cannot travel: `ERR_IOT_BODY`, `ERR_IOT_OPTION…`,
   *   `ERR_IOT_PROPERTY_…`.
   * @throws {URIError} A property has half a surrogate pair: `ERR_IOT_PROPERTY_NOT_UNICODE`.
   * @throws {errors.MessageTooLargeError} Body and properties exceed 261 120 bytes: `ERR_IOT_MESSAGE_TOO_LARGE`.
   * @throws {errors.TimeoutError} `timeout` passed; `delivery` says whether the message was written.
   * @throws {errors.OperationCancelledError} `signal` was aborted; `delivery` likewise.
   * @throws {errors.NotConnectedError} It was closed, or its retry policy gave up.
   */
  sendEvent(body: unknown, options?: SendOptions): Promise<Acknowledgement>;

  /**
   * The twin, fetched, and kept in step with the gateway from then on. The same object each time.
   *
   * @typeParam Desired What the cloud wants of the device.
   * @typeParam Reported What the device tells about itself.
   * @param options Of the first fetch.
   * @throws {errors.NotConnectedError} It was closed, or its retry policy gave up.
   * @throws {errors.TimeoutError} `timeout` passed.
   * @throws {Error} The request was refused: `ERR_IOT_TWIN_REFUSED`.
   */
  twin<Desired = any, Reported = any>(options?: RequestOptions): Promise<DeviceTwin<Desired, Reported>>;

  /**
   * Has a function called whenever a method of it is called. What it returns, or its promise resolves with,
   * is the payload of the answer, with status 200; {@link MethodCall.reply} gives another status. If it throws, the caller
   * gets status 500 and `{ message }`. A call comes once, also when it is transmitted twice.
   *
   * @typeParam Payload What callers pass.
   * @typeParam Result What they get.
   * @throws {ReferenceError} An argument is missing.
   * @throws {TypeError} An argument is of another type.
   * @throws {Error} The method has a handler: `ERR_IOT_METHOD_TAKEN`.
   */
  onMethod<Payload = any, Result = unknown>(name: string, handler: MethodHandler<Payload, Result>): void;

  /** Takes a handler away: the method is unknown from now on. @returns Whether there was one. */
  offMethod(name: string): boolean;

  /**
   * Has a function called for methods without a handler. Otherwise nobody answers such a call, and its caller waits in vain.
   *
   * @param handler Default: answers with status 501. `null`: nobody answers, again.
   */
  onUnknownMethod(handler?: MethodHandler<any, unknown> | null): void;

  /** How it is doing. */
  stats(): DeviceStats;

  /**
   * Disconnects, after giving messages under way a bounded time to be acknowledged. May be called again. Afterwards
   * nothing of it keeps the process alive.
   */
  close(): Promise<void>;

  /** As {@link close}: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  addListener<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  on<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  once<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  prependListener<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  prependOnceListener<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  off<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
  removeListener<E extends EventName<DeviceEvents>>(event: E, listener: Listener<DeviceEvents, E>): this;
}

/** A connected device, as {@link connect} gives it. */
export interface Device extends Participant {
  /**
   * Messages from the cloud, for `for await`. Several iterators share the stream: each message goes to one of them.
   *
   * A message is acknowledged when the next one is asked for, or by {@link complete}. One that was being handled when its
   * loop was left goes to the next loop; when the connection ended, it comes again by the next. Ends when the device is
   * closed, and throws when the retry policy gives up.
   */
  messages(): AsyncIterableIterator<Message>;

  /**
   * Acknowledges a message now: before leaving the loop with it, for instance. Others than those in hand: nothing.
   *
   * @throws {ReferenceError} No message.
   */
  complete(message: Message): void;

  /**
   * Uploads a file to the blob storage of the hub: see {@link Client.uploadToBlob}. Needs the package `@azure/storage-blob`.
   *
   * @param content A text or bytes as they are, or a stream, read as far as it goes.
   * @throws {errors.ArgumentError} Name, content or options cannot be used; a stream that was read or destroyed before is none.
   * @throws {errors.InvalidOperationError} `@azure/storage-blob` is not installed: `ERR_IOT_UPLOAD_LIBRARY`.
   * @throws {Error} `BlobSasError` or `BlobUploadNotificationError`, by its name: `innerError` says why.
   */
  uploadToBlob(
    blobName: string,
    content: string | Uint8Array | Readable,
    options?: UploadOptions,
  ): Promise<UploadedBlob>;

  /** The first step of an upload alone: asks the hub for a signature by which a blob may be written. */
  getBlobSharedAccessSignature(blobName: string, options?: RequestOptions): Promise<UploadParams>;

  /** The last step alone: tells the hub how an upload ended. */
  notifyBlobUploadStatus(
    correlationId: string,
    result: { isSuccess: boolean; statusCode: number; statusDescription: string },
    options?: RequestOptions,
  ): Promise<void>;
}

/** A connected module, as {@link connect} gives it. */
export interface Module extends Participant {
  /** What it sends by name, from where the routes of the gateway lead it on. */
  readonly outputs: ModuleOutputs;
  /** What routes bring it. */
  readonly inputs: ModuleInputs;
  /**
   * Calls a method of a device, or of another module, by HTTPS to the gateway, which is verified as any other connection is. A
   * port in `GatewayHostName` is that of HTTPS, too.
   *
   * @param target `device`, or `device/module`.
   * @param payload What JSON can express. Default: null.
   * @returns What the method answered, whatever its status.
   * @throws {errors.ArgumentError} An argument cannot be used; or there is no gateway: `ERR_IOT_METHOD_GATEWAY`.
   * @throws {errors.NotConnectedError} Name, network or TLS failed.
   * @throws {Error} The gateway could not call the method, by the class of the status: `ERR_IOT_METHOD_INVOKE`.
   */
  invokeMethod(
    target: string,
    name: string,
    payload?: unknown,
    options?: InvokeOptions,
  ): Promise<MethodResult>;
}

/** See {@link Module.outputs}. */
export interface ModuleOutputs {
  /** Sends a message by an output: as {@link Device.sendEvent}. */
  send(name: string, body: unknown, options?: SendOptions): Promise<Acknowledgement>;
}

/**
 * See {@link Module.inputs}. Iterating gives the messages, as `device.messages()` does; several iterators share them. They are
 * one stream, because a gateway sends the next, for whichever input, when the one before is acknowledged. It sends again what
 * is not within 30 s.
 */
export interface ModuleInputs extends AsyncIterable<InputMessage> {
  [Symbol.asyncIterator](): AsyncIterableIterator<InputMessage>;
  /**
   * Acknowledges a message now: before leaving the loop with it, for instance. Others than those in hand: nothing.
   *
   * @throws {ReferenceError} No message.
   */
  complete(message: InputMessage): void;
}

/** A message that came to an input. */
export interface InputMessage extends Message {
  /** The name of the input. */
  readonly input: string;
}

/** How long a call by {@link Module.invokeMethod} may take. */
export interface InvokeOptions {
  /** How long the method may take: milliseconds, 5 000 to 300 000. Default: 30 000. */
  responseTimeout?: number | undefined;
  /** How long the gateway waits for who is called to connect: milliseconds, up to 300 000. Default: 0. */
  connectTimeout?: number | undefined;
  /** Gives up waiting; the method may be carried out all the same. */
  signal?: AbortSignal | undefined;
}

/** The events of a {@link Device} or {@link Module} with their arguments. None need be heard. */
export interface DeviceEvents {
  /** A connection was made, after the first. */
  connect: [];
  /** The retry policy gave up, which the default one never does. */
  disconnect: [error: Error];
  /** What the connection is doing. */
  state: [change: StateChange];
  /** Messages, methods or the twin could not be subscribed to, or a method was answered too late. */
  error: [error: Error];
}

/** How long an operation may take. */
export interface RequestOptions {
  /** Milliseconds from the call on, as many as you like; `Infinity`: no limit. Default: 240 000. */
  timeout?: number | undefined;
  /** Gives up waiting; what was written may have arrived. */
  signal?: AbortSignal | undefined;
}

/** Answers a method: see {@link Device.onMethod}. */
export type MethodHandler<Payload, Result> = (
  payload: Payload,
  call: MethodCall,
) => Result | MethodReply | Promise<Result | MethodReply>;

/** A call of a direct method. */
export interface MethodCall {
  /** Which call it is. Opaque. */
  readonly id: string;
  /** Of the method. */
  readonly name: string;
  /**
   * What a handler returns to answer with another status than 200.
   *
   * @param status A whole number other than 0.
   * @param payload What JSON can express.
   * @throws {errors.ArgumentError} A status that is none: `ERR_IOT_METHOD_STATUS`.
   */
  reply(status: number, payload?: unknown): MethodReply;
}

/** An answer to be given: see {@link MethodCall.reply}. */
export interface MethodReply {
  readonly status: number;
  readonly payload: unknown;
}

/** The twin of a {@link Device}. Iterating gives each change of the desired properties, as a merge patch. */
export interface DeviceTwin<Desired = any, Reported = any> extends AsyncIterable<DesiredChange<Desired>> {
  /**
   * What the cloud wants, as it is known now. Frozen: after a change it is another object. Empty while the cloud has said
   * nothing.
   */
  readonly desired: Readonly<Partial<Desired>> & { readonly $version?: number };
  /** What the device has reported, as far as the gateway took it. Frozen, too. */
  readonly reported: Readonly<Partial<Reported>> & { readonly $version?: number };
  /**
   * Reports properties: those of the patch. Reports are taken in the order they are made, also across connection losses.
   *
   * @returns The version of the reported properties, where the hub itself answers; a gateway does not know it.
   * @throws {errors.ArgumentError} It cannot travel, which is told at once; or the gateway does not take it:
   *   `ERR_IOT_TWIN_REFUSED`.
   * @throws {errors.TimeoutError} `timeout` passed; see `delivery`.
   * @throws {errors.OperationCancelledError} `signal` was aborted; see `delivery`.
   * @throws {errors.NotConnectedError} The device was closed, or its retry policy gave up.
   */
  report(patch: TwinPatch<Reported>, options?: RequestOptions): Promise<ReportAnswer>;
  /**
   * The changes from now on; every iterator gets all of them. What changed while there was no connection comes as one.
   * Ends when the device is closed, and throws when its retry policy gives up.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<DesiredChange<Desired>>;
}

/** A change of desired properties. */
export type DesiredChange<Desired> = TwinPatch<Desired> & { readonly $version?: number };

/** A JSON merge patch: what is absent stays, null deletes, arrays are replaced. */
export type TwinPatch<T> = unknown extends T
  ? any
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { [Name in keyof T]?: TwinPatch<T[Name]> | null }
      : T;

/** Reported properties were taken. */
export interface ReportAnswer {
  /** Of the reported properties, where the hub itself answers. */
  version: number | undefined;
}

/** What `device.sendEvent` can be told beside the body. */
export interface SendOptions extends RequestOptions {
  /** Application properties. */
  properties?: Record<string, string | number | boolean> | Properties | undefined;
  /** Default: a random UUID, so that a receiver recognises a message that arrives twice. */
  messageId?: string | undefined;
  /** The id of a message this one belongs to. */
  correlationId?: string | undefined;
  /** Default: `application/json` for what travels as JSON, else none. */
  contentType?: string | undefined;
  /** Default: `utf-8` for what travels as JSON, else none. */
  contentEncoding?: string | undefined;
}

/** The gateway has the message. */
export interface Acknowledgement {
  /** The message's `messageId`. */
  id: string;
  /** Milliseconds from the call to the acknowledgement. */
  latencyMs: number;
}

/** See {@link Device.stats}. */
export interface DeviceStats {
  /** What the connection is doing. */
  state: ConnectionState | 'closing';
  /** Messages, twin requests and answers of methods that are not written yet. */
  queued: number;
  /** Messages written, whose acknowledgement is awaited. */
  inFlight: number;
  /** Messages received that nobody has asked for yet. */
  held: number;
  /** Connections after the first. */
  reconnects: number;
  /** Acknowledgement times in milliseconds: `count`, `mean` and `max` of all, `p50` and `p99` of the last 1024. */
  latencyMs: { count: number; mean: number; p50: number; p99: number; max: number };
}

/** `waiting` is the pause before the next attempt. */
export type ConnectionState = 'connecting' | 'connected' | 'waiting' | 'closed';

/** The argument of the `state` event. */
export interface StateChange {
  state: ConnectionState;
  /** While connecting: how far the attempt has come. */
  stage?: string;
  /** While waiting: milliseconds until the next attempt. */
  delay?: number;
  /** Of `waiting` and `closed`, unless the app closed. */
  reason?: Error;
}

// ---------------------------------------------------------------------------------------------------------------------
// Diagnosis: why a device cannot connect
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Walks the way to the gateway step by step, as `npx edge-downstream doctor` does, and tells what is wrong: the most
 * likely cause first. It connects as the device, so an app that is connected under the same id is disconnected for a
 * moment. What is wrong is told in the report; only options that cannot be used are thrown.
 *
 * No key, token or signature is in the report.
 *
 * @throws {errors.ArgumentError} An option is unknown or cannot be used, or there is no connection string:
 *   `ERR_IOT_OPTION`, `ERR_IOT_OPTION_UNKNOWN`, `ERR_IOT_CONNECTION_STRING_MISSING`.
 */
export function diagnose(options?: DiagnoseOptions): Promise<Diagnosis>;

/** What {@link diagnose} can be told. Names it does not know are errors. */
export interface DiagnoseOptions {
  /** Default: the environment variable `IOTHUB_DEVICE_CONNECTION_STRING`. */
  connectionString?: string | undefined;
  /**
   * The root certificates to trust. Default: the file `PATH_TO_EDGE_CA_CERT` names, else those of the operating system and
   * of `NODE_EXTRA_CA_CERTS`.
   */
  ca?: CertificateAuthority | undefined;
  /**
   * What a device with `x509=true` proves itself by, as {@link ConnectOptions} has it. Default: the files that
   * `PATH_TO_CERTIFICATE_FILE` and `PATH_TO_KEY_FILE` name, and the passphrase `KEY_PASSPHRASE_OR_EMPTY`.
   */
  cert?: X509['cert'] | undefined;
  key?: X509['key'] | undefined;
  passphrase?: string | undefined;
  /**
   * The HTTP proxy to go through; `false`: none. Default: the one that `HTTPS_PROXY` names, unless `NO_PROXY` has the
   * gateway.
   */
  proxy?: string | URL | false | undefined;
  /** Default: `mqtt`. The client does not speak `amqp`, which is examined as far as TLS. */
  protocol?: 'mqtt' | 'ws' | 'amqp' | undefined;
  /** Send one message, which is real telemetry: `{"doctor":true}`. Default: false. */
  send?: boolean | undefined;
  /**
   * How long to wait for the answer to CONNECT, milliseconds; no step before it gets more than that. Default: 120 000,
   * because a gateway can take 100 s to refuse a device.
   */
  timeout?: number | undefined;
  /** Called as the examination goes on. What it throws ends the examination. */
  onProgress?: ((progress: DiagnosisProgress) => void) | undefined;
}

/** What {@link DiagnoseOptions.onProgress} hears. */
export type DiagnosisProgress =
  | { kind: 'started'; step: DiagnosisStepName; title: string }
  /** Inside the step `connect`: how far the attempt has come. */
  | { kind: 'stage'; step: DiagnosisStepName; stage: string }
  | { kind: 'ended'; step: DiagnosisStep; facts: DiagnosisFacts; findings: Finding[] };

/** In the order they are walked. */
export type DiagnosisStepName =
  | 'connectionString'
  | 'ca'
  | 'clientCertificate'
  | 'proxy'
  | 'name'
  | 'port'
  | 'tls'
  | 'certificate'
  | 'clock'
  | 'token'
  | 'greeting'
  | 'connect'
  | 'send'
  | 'stay';

/** The report. `docs/doctor.md` lists the codes of findings. */
export interface Diagnosis {
  /** The form of this report. It changes only when something goes or is renamed. */
  form: 1;
  /** No finding is a problem. */
  healthy: boolean;
  /** In plain words. */
  verdict: string;
  /** Problems, then warnings, then notes; of each the most likely first. */
  findings: Finding[];
  steps: DiagnosisStep[];
  /** By step, for those that were taken. */
  facts: DiagnosisFacts;
  /** What only the hub or the gateway knows. */
  unknowable: Unknowable[];
  /** When the examination began, by the clock of this device: ISO 8601. */
  time: string;
  /** How long it took, milliseconds. */
  ms: number;
}

/** Something that is wrong, or worth knowing. */
export interface Finding {
  /** Stable: for programs. */
  code: string;
  /** A `problem` prevents the connection or endangers it now, a `warning` may later, a `note` explains. */
  severity: 'problem' | 'warning' | 'note';
  /** The step that found it. */
  step: DiagnosisStepName;
  /** One line. */
  title: string;
  /** Why, and what it means. */
  explanation: string;
  /** What to do. */
  remedy: string;
  /** A command that does it, where there is one; `<…>` is to be filled in. */
  command?: string;
  /** The facts that decided. */
  evidence: Record<string, string | number | boolean | string[]>;
}

/** A step that was taken, or why it was not. */
export interface DiagnosisStep {
  name: DiagnosisStepName;
  title: string;
  /** That of its worst finding; a note counts as `ok`. */
  status: 'ok' | 'warning' | 'problem' | 'skipped';
  /** How long it took, milliseconds. */
  ms: number;
  /** Why it was skipped. */
  reason?: string;
}

/** What cannot be known from the device, and the command that tells it at the hub. */
export interface Unknowable {
  what: string;
  command: string;
}

/** What each step found out. */
export interface DiagnosisFacts {
  connectionString?: ConnectionStringFacts;
  ca?: AuthorityFacts;
  clientCertificate?: ClientCertificateFacts;
  proxy?: ProxyFacts;
  name?: NameFacts;
  port?: PortFacts;
  tls?: TlsFacts;
  certificate?: ChainFacts;
  clock?: ClockFacts;
  token?: TokenFacts;
  greeting?: GreetingFacts;
  connect?: ConnectFacts;
  send?: SendFacts;
  stay?: StayFacts;
}

/** The connection string, corrected where that was possible, without its secrets. */
export interface ConnectionStringFacts {
  /** HostName: the hub. */
  hub?: string;
  deviceId?: string;
  moduleId?: string;
  /** GatewayHostName as it is written. */
  gateway?: string;
  /** Where the device connects to. */
  host?: string;
  port?: number;
  protocol: 'mqtt' | 'ws' | 'amqp';
  credential?: 'key' | 'token' | 'x509';
  /** Length of the decoded key. */
  keyBytes?: number;
  /** SharedAccessKeyName: a policy of the hub, which a device has not. */
  policy?: string;
  /** What is wrong with it. */
  faults: ConnectionStringFault[];
  /** Why {@link connect} would refuse it. */
  refusal?: { code: string; message: string; hint: string };
}

/** `kind` is that of the finding it becomes. */
export interface ConnectionStringFault {
  kind: string;
  /** The field at fault, or the position of the element, from 1. */
  where?: string;
  /** What the value should be or the field should be called. */
  suggestion?: string;
  /** More about it. */
  detail?: string;
}

/** What the device trusts. */
export interface AuthorityFacts {
  origin: 'option' | 'environment' | 'system';
  /** Of the file, if it is one. */
  path?: string;
  /** Those given; those of the system are not listed. */
  roots: ExaminedCertificate[];
  /** The operating system's roots count, too. */
  systemRoots: boolean;
  /** The operating system has none: those that come with Node serve. */
  bundledRoots: boolean;
  /** Why it cannot be used: an error of {@link connect}. */
  fault?: { code: string; message: string; hint: string };
}

/** What the device proves itself by. */
export interface ClientCertificateFacts {
  /** Its own certificate, then those above it. None if they cannot be used. */
  presented: ExaminedCertificate[];
  /** Why certificate and key cannot be used: an error of {@link connect}. */
  fault?: { code: string; message: string; hint: string };
}

/** The proxy on the way. */
export interface ProxyFacts {
  host?: string;
  port?: number;
  /** Where it is named: `proxy`, `HTTPS_PROXY`. */
  origin?: string;
  /** User and password are given. */
  user?: boolean;
  /** It opened a tunnel to the gateway. */
  open: boolean;
  /** Why it did not. */
  failure?: LayerFailure;
  /** Why what names it cannot be used: an error of {@link connect}. */
  fault?: { code: string; message: string; hint: string };
}

/** A certificate as it is written. */
export interface ExaminedCertificate {
  /** `CN=gateway.local, O=…` */
  subject: string;
  issuer: string;
  commonName?: string;
  /** `DNS:gateway.local`, `IP:192.168.1.4` */
  names: string[];
  /** ISO 8601. */
  validFrom: string;
  validTo: string;
  /** Days from now to `validTo`, rounded down. */
  daysLeft: number;
  /** `RSA 2048`, `EC P-256` */
  key: string;
  /** SHA-256, hexadecimal with colons. */
  fingerprint: string;
  /** Hexadecimal. */
  serialNumber: string;
  /** basicConstraints says CA:TRUE. */
  ca: boolean;
  selfSigned: boolean;
  /** Extended key usages, such as `serverAuth`; none if not restricted. */
  purposes: string[];
  /** Why it is not secure: `its RSA key has 1024 bits`. */
  weakness?: string;
  /** Name constraints: the DNS names it permits below itself. Absent: it limits nothing. */
  permittedNames?: string[];
  /** Only of what gateway and device present. */
  pem?: string;
}

/** Name resolution. */
export interface NameFacts {
  host: string;
  /** In the order of the resolver; of an address just that. */
  addresses: string[];
  /** Those of them that are of this device itself. */
  own?: string[];
  /** The resolver's code: `ENOTFOUND`, `EAI_AGAIN`, `ETIMEOUT`. */
  error?: string;
}

/** TCP. */
export interface PortFacts {
  port: number;
  /** Each address of the gateway at its port. */
  attempts: PortAttempt[];
  /** The ports of the other protocols, for comparison. */
  others: PortAttempt[];
  /** The environment variable that names a proxy which the client does not use: `ALL_PROXY`. */
  proxy?: string;
}

/** One attempt to connect by TCP. */
export interface PortAttempt {
  address: string;
  port: number;
  outcome: 'open' | 'refused' | 'timed-out' | 'reset' | 'unreachable' | 'failed';
  /** The operating system's code, such as `ECONNREFUSED`. */
  error?: string;
  ms: number;
}

/** The handshake, as the client does it. */
export interface TlsFacts {
  address?: string;
  /** Milliseconds. */
  tcpMs?: number;
  tlsMs?: number;
  /** `TLSv1.3` */
  version?: string;
  cipherSuite?: string;
  /** The gateway asked for a client certificate. */
  clientCertificateRequested: boolean;
  /** The handshake was completed and the certificate accepted. */
  accepted: boolean;
  failure?: LayerFailure;
  /** What the server would agree to, where nothing that is secure is in common. `cipher` by OpenSSL's name. */
  offers?: { version: string; cipher?: string };
  /** What answers instead of TLS. */
  speaks?: 'http' | 'mqtt' | 'ssh' | 'other' | 'nothing';
}

/** What answers the greeting of AMQP over TLS. */
export interface GreetingFacts {
  speaks: 'amqp' | 'amqp-old' | 'amqp-without-sasl' | 'http' | 'mqtt' | 'other' | 'nothing';
  /** The ways to authenticate that it offers (SASL). */
  mechanisms?: string[];
}

/** What the layer below said. */
export interface LayerFailure {
  /** `resolve`, `tcp`, `tls`, `connack`, `connected` */
  stage: string;
  kind: string;
  detail: string;
  /** Of a certificate: what the verifier calls it, for programs. */
  verdict?: string;
  /** Milliseconds since the stage began. */
  elapsedMs: number;
  /** Of CONNACK. */
  code?: number;
}

/** The chain the gateway presents, judged apart by path, name and dates. */
export interface ChainFacts {
  /** In the order they were sent. */
  presented: ExaminedCertificate[];
  /** Positions in `presented`: from the server's certificate to the last one that is there. */
  path: number[];
  /** When it was judged, by the clock of this device: ISO 8601. */
  at: string;
  /** Trusted now, under this name: what the client says. */
  verified: boolean;
  /** As openssl says it: `Verify return code: 0 (ok)`. Only if verified, by a root that openssl takes as one. */
  verifyReturnCode?: string;
  /** Why there is no way to a root, whatever dates and name. */
  pathFailure?: LayerFailure;
  /** Why the name does not fit, whatever path and dates. */
  nameFailure?: LayerFailure;
  /** The root given that issued the last certificate, by its position in `ca.roots`. */
  root?: number;
  /** A root given that has the issuer's name and another key. */
  namesake?: number;
  /** A certificate that was sent and has the issuer's name, and another key: its position in `presented`. */
  sentNamesake?: number;
  /** A certificate given is exactly the server's own. */
  pinned: boolean;
}

/** The clock of this device. */
export interface ClockFacts {
  /** ISO 8601. */
  now: string;
  /** What a web server of the gateway says, if there is one. */
  witness?: { source: string; time: string };
  /** Milliseconds by which this device is ahead of the witness. */
  aheadMs?: number;
}

/** The token that the device authenticates with. */
export interface TokenFacts {
  /** It was made from the key just now. */
  made: boolean;
  /** `hub/devices/device` */
  audience?: string;
  /** ISO 8601. */
  expires?: string;
  /** What is wrong with one that was given. */
  faults: string[];
}

/** CONNECT and its answer. */
export interface ConnectFacts {
  outcome: 'accepted' | 'refused' | 'unanswered' | 'closed' | 'failed';
  /** CONNACK's return code. */
  code?: number;
  /** CONNECT was sent a second time, over a new connection, because nothing came back; `ms` counts from there. */
  repeated?: boolean;
  /** From CONNECT to its answer, milliseconds: a slow refusal is one of an unknown device. */
  ms: number;
  /** The refusal took longer than a look at a token takes. */
  slow?: boolean;
  sessionPresent?: boolean;
  failure?: LayerFailure;
}

/** The message of the option `send`. */
export interface SendFacts {
  outcome: 'acknowledged' | 'unacknowledged' | 'lost';
  /** From PUBLISH to PUBACK, milliseconds. */
  ms: number;
}

/** Staying connected for a few seconds. */
export interface StayFacts {
  /** How long it was watched, milliseconds. */
  ms: number;
  /** Connections that ended meanwhile; after the first the device connects once more. */
  losses: { afterMs: number; kind: string }[];
  /** How the second connection was answered. */
  again?: ConnectFacts['outcome'];
}

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/** What is written in a certificate. */
export interface CertificateFacts {
  /** `CN=gateway.local`, a line for each part. */
  subject: string;
  issuer: string;
  /** The subject alternative names. */
  names: string[];
  /** ISO 8601, UTC. */
  validFrom: string;
  validTo: string;
  /** SHA-256, in hexadecimal with colons. */
  fingerprint: string;
}

/** What the error classes share, besides Error. Only a type: there is no such value to test against. */
declare class Failure extends Error {
  /** @param message Without one, `message` is `undefined`. */
  constructor(message?: string);
  /** Stable, `ERR_IOT_…`: for programs. */
  code?: string;
  /** What to do about it: for people. If a connection failed, it ends with the command that finds out more. */
  hint?: string;
  /** Of a message: it was never written to the socket, or was and may have arrived. */
  delivery?: 'not sent' | 'unknown';
  /** The error underneath. */
  cause?: unknown;
  /** Of a connection: how far it had come. */
  stage?: 'proxy' | 'tunnel' | 'resolve' | 'tcp' | 'tls' | 'upgrade' | 'connack' | 'connected';
  /** Of a refused connection: the code of CONNACK. */
  returnCode?: number;
  /** Of a proxy's or gateway's refusal in HTTP: its status. */
  statusCode?: number;
  /** Of a connection whose certificates were not accepted: the one that decided. */
  certificate?: CertificateFacts;
  /** Of a connection that failed: what the layer below said, as `cause`. The name is that of azure-iot-device. */
  transportError?: any;
}

/** The error classes. Retry policies tell them apart by `name`, which is the name of the class but for one. */
export namespace errors {
  /** An argument or option has a value that cannot be used. */
  class ArgumentError extends Failure {}
  /** An argument lies outside the range it may take. */
  class ArgumentOutOfRangeError extends Failure {}
  /** The queue of messages for this device is full. */
  class DeviceMaximumQueueDepthExceededError extends Failure {}
  /** The hub knows no device with this id. */
  class DeviceNotFoundError extends Failure {}
  /** A text (connection string, token, topic) is not of the form it must have. */
  class FormatError extends Failure {}
  /** The gateway or hub refused the identity or its credentials. */
  class UnauthorizedError extends Failure {}
  /** The transport or the peer offers no such operation. */
  class NotImplementedError extends Failure {}
  /** There is no usable connection: name, network or TLS failed, or the link was lost. Retried by default. */
  class NotConnectedError extends Failure {}
  /** The daily message quota of the hub is used up. */
  class IotHubQuotaExceededError extends Failure {}
  /** Body and properties together are larger than the gateway accepts. */
  class MessageTooLargeError extends Failure {}
  /** The peer failed internally. Retried by default. */
  class InternalServerError extends Failure {}
  /** The peer is there but cannot serve now (CONNACK 3). Retried by default. */
  class ServiceUnavailableError extends Failure {}
  /** The hub of this name does not exist. */
  class IotHubNotFoundError extends Failure {}
  /** The hub is suspended. */
  class IoTHubSuspendedError extends Failure {}
  /** The service knows no job with this id. */
  class JobNotFoundError extends Failure {}
  /** The hub holds as many devices as it may. */
  class TooManyDevicesError extends Failure {}
  /** The service asks to slow down. Retried by default, with the longer delays. */
  class ThrottlingError extends Failure {}
  /** A device of this id exists already. */
  class DeviceAlreadyExistsError extends Failure {}
  /** The lock on a received message expired before it was settled. */
  class DeviceMessageLockLostError extends Failure {}
  /** The entity tag does not fit the state of the resource. */
  class InvalidEtagError extends Failure {}
  /** The operation makes no sense in the present state or set-up. */
  class InvalidOperationError extends Failure {}
  /** A condition given with the request does not hold. */
  class PreconditionFailedError extends Failure {}
  /** The time limit of an operation passed. Retried by default. */
  class TimeoutError extends Failure {}
  /** The device answered a direct method in a form nobody understands. */
  class BadDeviceResponseError extends Failure {}
  /** The service could not reach the device in time. */
  class GatewayTimeoutError extends Failure {}
  /** The device did not answer in time. */
  class DeviceTimeoutError extends Failure {}
  /** The stream of cloud-to-device messages broke off. */
  class CloudToDeviceDetachedError extends Failure {
    /** Why. */
    innerError?: Error;
  }
  /** The stream of direct methods broke off. */
  class DeviceMethodsDetachedError extends Failure {
    /** Why. */
    innerError?: Error;
  }
  /** The stream of twin changes broke off. */
  class TwinDetachedError extends Failure {
    /** Why. */
    innerError?: Error;
  }
  /** A twin request was refused. */
  class TwinRequestError extends Failure {}
  /** The app cancelled the operation. */
  class OperationCancelledError extends Failure {}
  /** Provisioning refused the device. Its `name` is `ProvisioningRegistrationFailedError`. */
  class DeviceRegistrationFailedError extends Failure {}
  /** The hardware security module failed. */
  class SecurityDeviceError extends Failure {}
}

// ---------------------------------------------------------------------------------------------------------------------
// Results
// ---------------------------------------------------------------------------------------------------------------------

/** What successful operations of a {@link Client} give. */
export namespace results {
  /** `sendEvent`: the gateway acknowledged the message. */
  class MessageEnqueued {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `complete`: the received message is settled. */
  class MessageCompleted {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `reject`: the received message is refused for good. */
  class MessageRejected {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `abandon`: the received message goes back to the queue. */
  class MessageAbandoned {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `open`: the connection stands. */
  class Connected {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `close`, and the argument of the `disconnect` event. */
  class Disconnected {
    constructor(transportObj?: any, reason?: any);
    /** Of the event: the error. */
    transportObj?: any;
    /** Not set by the MQTT transport. */
    reason?: any;
  }
  /** `setTransportOptions`: the options are stored. */
  class TransportConfigured {
    constructor(transportObj?: any);
    /** For debugging only. */
    transportObj?: any;
  }
  /** `updateSharedAccessSignature`: the new token is stored. */
  class SharedAccessSignatureUpdated {
    constructor(needToReconnect: boolean);
    /** Whether the connection in use still rests on the old token. */
    needToReconnect: boolean;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Messages
// ---------------------------------------------------------------------------------------------------------------------

/** A message to or from the cloud. The empty string and `undefined` mean "not set". */
export class Message {
  /** @param data The body: text (sent as UTF-8), bytes in any form, or an array of byte values. */
  constructor(data: Message.BufferConvertible | NodeJS.ArrayBufferView | SharedArrayBuffer);
  /** The body. Of a received message always a Buffer. */
  data: Message.BufferConvertible;
  /** The application properties. */
  properties: Properties;
  /** Default: `''`. */
  messageId: string;
  /** The receiver, in received messages. Default: `''`. */
  to: string;
  /** When the message expires: a Date is sent as ISO text, in received messages it is text. Default: `undefined`. */
  expiryTimeUtc: any;
  /** Names a received message to transports that settle messages (not MQTT). Default: `''`. */
  lockToken: string;
  /** The id of a message this one belongs to. Default: `''`. */
  correlationId: string;
  /** Default: `''`. */
  userId: string;
  /** `utf-8` for instance; with `contentType` it lets hub routes look into the body. Default: `undefined`. */
  contentEncoding: string | undefined;
  /** `application/json` for instance. Default: `undefined`. */
  contentType: string | undefined;
  /** Not sent over MQTT. */
  ack?: string;
  /** Set by {@link setAsSecurityMessage}. */
  interfaceId?: string;
  /** What the transport received. For debugging only. */
  transportObj?: any;

  /** The body as it was given or received. */
  getData(): Message.BufferConvertible;
  /**
   * The body as bytes; a Buffer is returned as it is, anything else is copied.
   *
   * @throws {TypeError} The body is nothing that has bytes.
   */
  getBytes(): Buffer;
  /** Marks the message as one of the security agent's. */
  setAsSecurityMessage(): void;
  /** Whether `data` is a Buffer, text, an array or an ArrayBuffer. */
  static isBufferConvertible(data: any): boolean;
}

export namespace Message {
  /** What a body may be. */
  type BufferConvertible = Buffer | string | any[] | ArrayBuffer;
}

/** What is a body by itself. */
export type MessageBody = string | NodeJS.ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** The application properties of a message, in the order they were added. */
export class Properties {
  /** The pairs themselves. */
  propertyList: { key: string; value: any }[];
  /**
   * Appends a pair; one of the same name stays. The value is turned into text when the message is sent.
   *
   * @returns `false`, and nothing is added, for the reserved names `Authorization` and `iothub-to`.
   */
  add(key: string, value: any): boolean;
  /** The pair at an index from 0, `undefined` beyond the end. */
  getItem(index: number): { key: string; value: any } | undefined;
  /** The first value under a name, `undefined` if there is none. */
  getValue(key: string): any;
  /** How many pairs there are. */
  count(): number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Client
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Success: the error is `null` or `undefined`. Failure: there is only the error.
 *
 * Written as a method, so that functions declared for `(error: Error, …)` alone are accepted, as code for the original has
 * them.
 */
export type Callback<T> = { callback(error?: Error | null, result?: T): void }['callback'];

/** The same without a result. */
export type ErrorCallback = { callback(error?: Error | null): void }['callback'];

/** The events of a {@link Client} with their arguments. */
export interface ClientEvents {
  /** A connection was made: the first and every later one, but not the renewal of a token. */
  connect: [];
  /** The retry policy gave a lost connection up; `transportObj` is the error. Not after `close()`. */
  disconnect: [result: results.Disconnected];
  /** Listening for messages or method calls could not be switched on or off. Without a listener it is thrown. */
  error: [error: Error];
  /** A message from the cloud. Listening subscribes, and connects if need be. */
  message: [message: Message];
  /** What the connection is doing. Only with the MQTT transports of this package. */
  state: [change: StateChange];
  /** A new token was taken over. */
  _sharedAccessSignatureUpdated: [];
}

/**
 * What {@link Client} and {@link ModuleClient} share.
 *
 * Methods with a callback give a promise without one. Arguments that cannot be used are thrown with a callback, and
 * reject the promise without, unless noted. An open client keeps the process alive until `close()`.
 */
declare class InternalClient<Events> extends EventEmitter {
  /** Milliseconds. Without effect. */
  static sasRenewalInterval: number;
  /** As given to the constructor. Apps reach for it; this package promises no more of it than {@link DeviceTransport}. */
  _transport: DeviceTransport;

  /**
   * Connects. Not needed: sending or listening connects too. The first connection is not retried, except after CONNACK 3.
   *
   * @throws {errors.NotConnectedError} The name does not resolve, the network or TLS failed.
   * @throws {errors.UnauthorizedError} The gateway refused the device.
   */
  open(callback: Callback<results.Connected>): void;
  open(): Promise<results.Connected>;

  /** Disconnects, after giving messages under way a bounded time to be acknowledged. A closed client may be opened again. */
  close(callback: Callback<results.Disconnected>): void;
  close(): Promise<results.Disconnected>;

  /**
   * Sends a message; done when the gateway acknowledged it. Over MQTT it is kept over connection losses for as long as
   * the retry policy wants, at most four minutes.
   *
   * @param message A text or bytes are taken for the body of one. Anything else is not guessed at: an object is sent as
   *   `new Message(JSON.stringify(object))`.
   * @throws {ReferenceError} No message.
   * @throws {errors.ArgumentError} Something that is no message, or a body without bytes: `ERR_IOT_BODY`.
   * @throws {errors.MessageTooLargeError} Body and properties exceed 261 120 bytes.
   * @throws {errors.ArgumentError} A property cannot travel: `ERR_IOT_PROPERTY_…`.
   * @throws {errors.NotConnectedError} The connection is lost and the policy gave up; see `delivery`.
   * @throws {errors.TimeoutError} Four minutes passed; see `delivery`.
   */
  sendEvent(message: Message | MessageBody, callback: Callback<results.MessageEnqueued>): void;
  sendEvent(message: Message | MessageBody): Promise<results.MessageEnqueued>;

  /** Sends several messages in one request. @throws {errors.NotImplementedError} Over MQTT. */
  sendEventBatch(messages: Message[], callback: Callback<results.MessageEnqueued>): void;
  sendEventBatch(messages: Message[]): Promise<results.MessageEnqueued>;

  /**
   * Sets options beside those set before. They take effect at the next connection.
   *
   * @throws {ReferenceError} No options: thrown also without a callback.
   * @throws {errors.ArgumentError} An option cannot be used; then none of them is. With a callback it is thrown, too.
   */
  setOptions(options: DeviceClientOptions, callback: Callback<results.TransportConfigured>): void;
  setOptions(options: DeviceClientOptions): Promise<results.TransportConfigured>;

  /** @deprecated Use {@link setOptions}. */
  setTransportOptions(options: any, callback: Callback<results.TransportConfigured>): void;
  /** @deprecated Use {@link setOptions}. */
  setTransportOptions(options: any): Promise<results.TransportConfigured>;

  /** Settles a received message as done. Nothing to do over MQTT: messages are acknowledged once the listeners returned. */
  complete(message: Message, callback: Callback<results.MessageCompleted>): void;
  complete(message: Message): Promise<results.MessageCompleted>;

  /** Refuses a received message. @throws {errors.NotImplementedError} Over MQTT. */
  reject(message: Message, callback: Callback<results.MessageRejected>): void;
  reject(message: Message): Promise<results.MessageRejected>;

  /** Gives a received message back. @throws {errors.NotImplementedError} Over MQTT. */
  abandon(message: Message, callback: Callback<results.MessageAbandoned>): void;
  abandon(message: Message): Promise<results.MessageAbandoned>;

  /**
   * Replaces the token of a client made from one; a connected client reconnects with it.
   *
   * @throws {ReferenceError} No token: thrown also without a callback.
   * @throws {TypeError} `ERR_IOT_TOKEN_UPDATE`: the client was not made from a token.
   * @throws {errors.FormatError} It is malformed; the one in use stays.
   */
  updateSharedAccessSignature(
    sharedAccessSignature: string,
    callback: Callback<results.SharedAccessSignatureUpdated>,
  ): void;
  updateSharedAccessSignature(sharedAccessSignature: string): Promise<results.SharedAccessSignatureUpdated>;

  /**
   * Fetches the twin: the same object each time, with the events of its desired properties before the result. From then on
   * it shows every change, and after a reconnect what was missed (with the MQTT transports of this package).
   *
   * @throws {errors.NotConnectedError} The connection cannot be made, or the policy gave up.
   * @throws {errors.TimeoutError} Four minutes passed.
   * @throws {Error} The request was refused, by the class of the status: `ERR_IOT_TWIN_REFUSED`.
   */
  getTwin(callback: Callback<Twin>): void;
  getTwin(): Promise<Twin>;

  /**
   * Sets what decides about retries. Default: {@link ExponentialBackOffWithJitter}.
   *
   * @throws {ReferenceError} No policy.
   * @throws {errors.ArgumentError} It lacks one of the two functions.
   */
  setRetryPolicy(policy: RetryPolicy): void;

  addListener<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  on<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  once<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  prependListener<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  prependOnceListener<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  off<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
  removeListener<E extends EventName<Events>>(event: E, listener: Listener<Events, E>): this;
}

/** A device, with the interface of azure-iot-device. */
export class Client extends InternalClient<ClientEvents> {
  /**
   * @param transport What carries the messages: see {@link DeviceTransport}.
   * @param connectionString Not used any more.
   * @throws {ReferenceError} No transport.
   * @throws {TypeError} Something else than a transport.
   * @throws {errors.InvalidOperationError} A connection string: use {@link fromConnectionString}.
   */
  constructor(transport: DeviceTransport, connectionString?: undefined);

  /**
   * @param connectionString As the hub shows it for the device, with `GatewayHostName` added. Unknown fields are ignored,
   *   and so is white space around the others, such as the line break at the end of a file.
   * @param Transport For instance {@link Mqtt}.
   * @throws {ReferenceError} No connection string.
   * @throws {TypeError} No class as transport.
   * @throws {errors.ArgumentError} It lacks HostName, DeviceId, or any credential.
   * @throws {errors.FormatError} Its SharedAccessSignature is malformed.
   */
  static fromConnectionString(connectionString: string, Transport: TransportClass): Client;
  /**
   * @param sharedAccessSignature A token of the device. It names hub and device, but no gateway, and is not renewed.
   * @throws {ReferenceError} No token.
   * @throws {errors.FormatError} It is malformed.
   */
  static fromSharedAccessSignature(sharedAccessSignature: string, Transport: TransportClass): Client;
  /** @throws {ReferenceError} An argument is missing. */
  static fromAuthenticationProvider(
    authenticationProvider: AuthenticationProvider,
    Transport: TransportClass,
  ): Client;
  /**
   * Has a function called whenever the cloud calls a method of the device; it connects for it. A call comes once, also when
   * it is transmitted twice. If the function throws, or its promise is rejected, before it has answered, the caller gets
   * status 400 or 500 with the reason.
   *
   * @throws {ReferenceError} An argument is missing.
   * @throws {TypeError} An argument is of another type.
   * @throws {Error} The method has a handler: `ERR_IOT_METHOD_TAKEN`.
   */
  onDeviceMethod(methodName: string, handler: DeviceMethodHandler): void;

  /** Takes a handler away: the method is unknown from now on. @returns Whether there was one. */
  offDeviceMethod(methodName: string): boolean;

  /**
   * Has a function called for methods without a handler. Otherwise nobody answers such a call, and its caller waits in vain.
   *
   * @param handler Default: answers with status 501. `null`: nobody answers, again.
   * @throws {errors.NotImplementedError} The transport is not of this package.
   */
  onUnknownDeviceMethod(handler?: DeviceMethodHandler | null): void;

  /**
   * Uploads a file to the blob storage of the hub, in three steps: the hub gives a signature for the blob, the blob is written
   * in blocks of 4 MiB, and the hub is told how that ended. Needs the package `@azure/storage-blob`, and no connection.
   *
   * All goes over HTTPS to `HostName`, never through a gateway, with the key, token or certificate of the device. Trusted are
   * the roots of the system besides those given as `ca`.
   *
   * @param blobName May have slashes. The hub puts the id of the device before it.
   * @param stream Read as far as it goes: text and bytes, no objects. What it fails by is the `innerError`.
   * @param streamLength Wanted by the original, and not used; not 0.
   * @throws {ReferenceError} An argument is missing.
   * @throws {errors.ArgumentError} Stream or options cannot be used; a stream that was read or destroyed before is none.
   * @throws {errors.InvalidOperationError} `@azure/storage-blob` is not installed: `ERR_IOT_UPLOAD_LIBRARY`.
   * @throws {Error} `BlobSasError` or `BlobUploadNotificationError`, by its name: `innerError` says why.
   */
  uploadToBlob(
    blobName: string,
    stream: Readable | Uint8Array,
    streamLength: number,
    callback: Callback<void>,
    options?: UploadOptions,
  ): void;
  uploadToBlob(
    blobName: string,
    stream: Readable | Uint8Array,
    streamLength: number,
    callback?: undefined,
    options?: UploadOptions,
  ): Promise<void>;

  /**
   * The first step of an upload alone: asks the hub for a signature by which a blob may be written.
   *
   * @throws {ReferenceError} No name.
   */
  getBlobSharedAccessSignature(blobName: string, callback: Callback<UploadParams>): void;
  getBlobSharedAccessSignature(blobName: string): Promise<UploadParams>;

  /**
   * The last step alone: tells the hub how an upload ended.
   *
   * @param correlationId That of the first step.
   * @param statusCode For whoever is told of uploads: by custom that of the blob store.
   * @throws {ReferenceError} An argument is missing.
   */
  notifyBlobUploadStatus(
    correlationId: string,
    isSuccess: boolean,
    statusCode: number,
    statusDescription: string,
    callback: Callback<void>,
  ): void;
  notifyBlobUploadStatus(
    correlationId: string,
    isSuccess: boolean,
    statusCode: number,
    statusDescription: string,
  ): Promise<void>;
}

/** Where a blob may be written, and by what: `https://{hostName}/{containerName}/{blobName}{sasToken}`. */
export interface UploadParams {
  /** Of the blob store; it may have a port. */
  hostName: string;
  containerName: string;
  /** With the id of the device before it. */
  blobName: string;
  /** A query, with its question mark. A secret. */
  sasToken: string;
  /** By which the hub knows the upload. */
  correlationId: string;
}

/** How an upload may go. */
export interface UploadOptions {
  /** Called whenever blocks are at the store: so many bytes are. */
  onProgress?: ((bytes: number) => void) | undefined;
  /**
   * For the blob itself, in milliseconds; `Infinity`: no limit. Default: 30 minutes. What is asked of the hub before and after
   * it has four minutes each.
   */
  timeout?: number | undefined;
  /** Ends the upload. The hub is told of it, within ten seconds. */
  signal?: AbortSignal | undefined;
}

/** What a {@link Device} is told of an upload that is done. */
export interface UploadedBlob {
  containerName: string;
  /** With the id of the device before it. */
  blobName: string;
  correlationId: string;
}

/** The events of a {@link ModuleClient} with their arguments. */
export interface ModuleClientEvents extends Omit<ClientEvents, 'message'> {
  /** A message to an input. Listening subscribes, and connects if need be. */
  inputMessage: [inputName: string, message: Message];
}

/** A module, with the interface of azure-iot-device. */
export class ModuleClient extends InternalClient<ModuleClientEvents> {
  /**
   * @param transport What carries the messages: see {@link DeviceTransport}.
   * @param methodCaller What {@link invokeMethod} goes by. The factories make it.
   * @throws {ReferenceError} No transport.
   */
  constructor(transport: DeviceTransport, methodCaller?: any);

  /**
   * @param connectionString As the hub shows it for the module, with `GatewayHostName` added.
   * @throws {ReferenceError} No connection string.
   * @throws {errors.NotImplementedError} It has no SharedAccessKey: `ERR_IOT_MODULE_CREDENTIAL`.
   * @throws {errors.ArgumentError} It lacks HostName or DeviceId.
   */
  static fromConnectionString(connectionString: string, Transport: TransportClass): ModuleClient;
  /**
   * @param sharedAccessSignature A token of the module. It names hub, device and module, but no gateway, and is not renewed.
   * @throws {ReferenceError} No token.
   * @throws {errors.FormatError} It is malformed.
   */
  static fromSharedAccessSignature(sharedAccessSignature: string, Transport: TransportClass): ModuleClient;
  /** @throws {ReferenceError} An argument is missing. */
  static fromAuthenticationProvider(
    authenticationProvider: AuthenticationProvider,
    Transport: TransportClass,
  ): ModuleClient;
  /**
   * A client as the environment of the process says: `EdgeHubConnectionString` with `EdgeModuleCACertificateFile`, or what
   * IoT Edge sets for its modules (`IOTEDGE_…`), whose workload API signs the tokens and knows the roots to trust.
   *
   * @throws {ReferenceError} A variable is missing, which is named, or no transport is given: told, not thrown.
   * @throws {errors.NotConnectedError} The workload API cannot be reached: `ERR_IOT_WORKLOAD_UNREACHABLE`.
   */
  static fromEnvironment(Transport: TransportClass, callback: Callback<ModuleClient>): void;
  static fromEnvironment(Transport: TransportClass): Promise<ModuleClient>;

  /**
   * Sends a message by an output, from where the routes of the gateway lead it on. As {@link sendEvent}.
   *
   * @throws {ReferenceError} No output, or no message.
   * @throws {TypeError} The output is no text.
   */
  sendOutputEvent(
    outputName: string,
    message: Message | MessageBody,
    callback: Callback<results.MessageEnqueued>,
  ): void;
  sendOutputEvent(outputName: string, message: Message | MessageBody): Promise<results.MessageEnqueued>;

  /** Sends several messages by an output in one request. @throws {errors.NotImplementedError} Over MQTT. */
  sendOutputEventBatch(
    outputName: string,
    messages: Message[],
    callback: Callback<results.MessageEnqueued>,
  ): void;
  sendOutputEventBatch(outputName: string, messages: Message[]): Promise<results.MessageEnqueued>;

  /** Has a function called whenever a method of the module is called: as {@link Client.onDeviceMethod}. */
  onMethod(methodName: string, handler: DeviceMethodHandler): void;

  /** Takes a handler away: the method is unknown from now on. @returns Whether there was one. */
  offMethod(methodName: string): boolean;

  /** Has a function called for methods without a handler: as {@link Client.onUnknownDeviceMethod}. */
  onUnknownMethod(handler?: DeviceMethodHandler | null): void;

  /**
   * Calls a method of a device, or of another module, by HTTPS to the gateway, which is verified as any other connection is. A
   * port in `GatewayHostName` is that of HTTPS, too; `setOptions({ http: { agent } })` leads to another. The client need not
   * be open.
   *
   * @returns What the method answered, whatever its status.
   * @throws {ReferenceError} An argument is missing.
   * @throws {errors.ArgumentError} There is no methodName; or no gateway: `ERR_IOT_METHOD_GATEWAY`.
   * @throws {errors.NotConnectedError} Name, network or TLS failed.
   * @throws {Error} The gateway could not call the method, by the class of the status: `ERR_IOT_METHOD_INVOKE`.
   */
  invokeMethod(deviceId: string, methodParams: MethodParams, callback: Callback<MethodResult>): void;
  invokeMethod(
    deviceId: string,
    moduleId: string,
    methodParams: MethodParams,
    callback: Callback<MethodResult>,
  ): void;
  invokeMethod(deviceId: string, methodParams: MethodParams): Promise<MethodResult>;
  invokeMethod(deviceId: string, moduleId: string, methodParams: MethodParams): Promise<MethodResult>;
}

/** A call of {@link ModuleClient.invokeMethod}. It travels as given. */
export interface MethodParams {
  methodName: string;
  /** What JSON can express. A gateway refuses a call without one: null is nothing. */
  payload?: any;
  /** How long the method may take: 5 to 300. Default: 30. */
  responseTimeoutInSeconds?: number | undefined;
  /** How long the gateway waits for who is called to connect: 0 to 300. Default: 0. */
  connectTimeoutInSeconds?: number | undefined;
}

/** What a method answered. */
export interface MethodResult {
  status: number;
  payload: any;
}

// ---------------------------------------------------------------------------------------------------------------------
// Twin and direct methods of a Client
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The twin of a device, as {@link Client.getTwin} gives it.
 *
 * Events: `properties.desired` with each change, then `properties.desired.<path>` for each value in it, parents first; null
 * stands for what was deleted. After each `getTwin` all desired properties count as changed. A listener that comes later is
 * told what is there already. `error`: changes could not be subscribed to; without a listener it is thrown.
 */
export class Twin extends EventEmitter {
  /** For {@link Client.getTwin} alone. */
  private constructor(access: any);
  /** `'error'` */
  static errorEvent: string;
  /** `'properties.desired'` */
  static desiredPath: string;
  /** What is known at the moment, with `$version`. */
  properties: TwinProperties;
  /** The app listens to changes. */
  userRegisteredDesiredPropertiesListener: boolean;
  /** As {@link Client.getTwin}. */
  get(callback: Callback<Twin>): void;
  get(): Promise<Twin>;

  addListener<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  on<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  once<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  prependListener<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  prependOnceListener<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  off<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
  removeListener<E extends TwinEventName>(event: E, listener: TwinListener<E>): this;
}

/** `properties.desired`, with or without a path, `error`, or what an app emits itself. */
export type TwinEventName = `properties.desired${string}` | 'error' | (string & {}) | symbol;
/** A listener for an event of a {@link Twin}. */
export type TwinListener<E> = E extends 'error' ? (error: Error) => void : (...args: any[]) => void;

/** The properties of a {@link Twin}. */
export interface TwinProperties {
  /** What the cloud wants of the device. */
  desired: { [key: string]: any };
  /** What the device has reported. */
  reported: ReportedProperties;
}

/** What a device has reported, and how it reports more. A property called `update` is only in the JSON of this object. */
export interface ReportedProperties {
  /**
   * Reports properties: those of the patch; null deletes. Reports are taken in the order they are made, also across
   * connection losses.
   *
   * @throws {errors.ArgumentError} It is no object, or the gateway does not take it.
   */
  update(patch: { [key: string]: any }, callback: Callback<ReportAnswer>): void;
  update(patch: { [key: string]: any }): Promise<ReportAnswer>;
  [key: string]: any;
}

/** Answers a call of a method: see {@link Client.onDeviceMethod}. What it returns is awaited, and otherwise not used. */
export type DeviceMethodHandler = (request: DeviceMethodRequest, response: DeviceMethodResponse) => unknown;

/** A call of a direct method. */
export class DeviceMethodRequest {
  /**
   * @param body JSON.
   * @throws {Error} An id or name is empty.
   * @throws {ReferenceError} An id or name is no text.
   * @throws {SyntaxError} The body is no JSON.
   */
  constructor(requestId: string, methodName: string, body?: any);
  /** Which call it is. Opaque. */
  requestId: string;
  methodName: string;
  /** What the caller passed; null for nothing. */
  payload: any;
}

/** Answers a call of a direct method, once. */
export class DeviceMethodResponse {
  /**
   * @throws {Error} An empty id.
   * @throws {ReferenceError} An id that is no text, or no transport.
   */
  constructor(requestId: string, transport: DeviceTransport);
  requestId: string;
  /** `send` was called. */
  isResponseComplete: boolean;
  /** As sent; null before. */
  status: number;
  /** As sent; null before. */
  payload: any;
  /**
   * Answers; done when the answer was written. It is not repeated: when the connection is lost, so is the call.
   *
   * @param status Any but 0; by custom 200 for success.
   * @param payload What JSON can express. Left out before a callback it is null, else the answer has no body.
   * @throws {Error} It was answered before, or the status is 0.
   * @throws {ReferenceError} A status that is no number.
   * @throws {errors.NotConnectedError} Nobody waits for the answer any more: `ERR_IOT_METHOD_CALL_LOST`.
   */
  send(status: number, payload: any, callback: ErrorCallback): void;
  send(status: number, callback: ErrorCallback): void;
  send(status: number, payload?: any): Promise<void>;
}

/** An event of `Events`, or one an app emits itself. */
export type EventName<Events> = keyof Events | (string & {}) | symbol;

/** A listener for an event of `Events`; for others, any function. */
export type Listener<Events, E> = E extends keyof Events
  ? (...args: Extract<Events[E], any[]>) => void
  : (...args: any[]) => void;

/** What `client.setOptions` takes. Names it does not know are ignored. */
export interface DeviceClientOptions extends X509 {
  /** The root certificates to trust, and no others. A path is read again at every reconnect. */
  ca?: CertificateAuthority | undefined;
  /**
   * Seconds, from 1 to 65 535. Default: 180. A dead line is given up after 90 s of silence, and after 2 × `keepalive`
   * + 5 s where that is less.
   */
  keepalive?: number | undefined;
  /** Appended to the user agent. Only before the first connection. */
  productInfo?: string | undefined;
  /** The digital twin model of an IoT Plug and Play device. */
  modelId?: string | undefined;
  /** How tokens are renewed. Only with a SharedAccessKey. */
  tokenRenewal?: TokenRenewalValues | undefined;
  /** How long the steps of connecting may take. */
  timeouts?: ConnectTimeouts | undefined;
  /** What `sendEvent` does when the outgoing queue is full. Default: `'wait'`. */
  whenFull?: 'wait' | 'refuse' | undefined;
  /** The HTTP proxy to go through. Default: what `HTTPS_PROXY` and `NO_PROXY` say. MQTT only. */
  proxy?: ProxyOption | undefined;
  /** Options of the MQTT transports. */
  mqtt?: MqttTransportOptions | undefined;
  /** Options of azure-iot-device-http. */
  http?: HttpTransportOptions | undefined;
  /** Options of azure-iot-device-amqp. */
  amqp?: AmqpTransportOptions | undefined;
}

/** Options of the MQTT transports. */
export interface MqttTransportOptions {
  /**
   * {@link MqttWs} only: an `HttpsProxyAgent` of https-proxy-agent, whose proxy is used, or an `https.Agent`, whose `port`
   * is.
   */
  webSocketAgent?: any;
  /** Renew a token without waiting for messages under way. Default: `false`. */
  forceDisconnect?: boolean | undefined;
}

/** Options of azure-iot-device-http. */
export interface HttpTransportOptions {
  /** A Node.js `https.Agent`. */
  agent?: any;
  /** When to ask for messages. */
  receivePolicy?: HttpReceiverOptions | undefined;
}

/** When azure-iot-device-http asks for messages. At most one of the first four. */
export interface HttpReceiverOptions {
  /** Seconds between requests. */
  interval?: number | undefined;
  /** Once, at this time. */
  at?: Date | undefined;
  /** In cron's notation. */
  cron?: string | undefined;
  /** Only when told to. */
  manualPolling?: boolean | undefined;
  /** Ask until there are none left. Default: `true`. */
  drain?: boolean | undefined;
}

/** Options of azure-iot-device-amqp. */
export interface AmqpTransportOptions {
  /** A Node.js `https.Agent`. */
  webSocketAgent?: any;
}

/** How a provider renews its tokens. */
export interface TokenRenewalValues {
  /** How long a token is valid. Default: 3600. */
  tokenValidTimeInSeconds: number;
  /** How long before its end the next one is made. Default: 900. Less than the above. */
  tokenRenewalMarginInSeconds: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Transports
// ---------------------------------------------------------------------------------------------------------------------

/** A class whose instances are transports, such as {@link Mqtt}. */
export type TransportConstructor = new (authenticationProvider: any) => DeviceTransport;

/**
 * What the factories of {@link Client} take: any transport. azure-iot-device-http declares its class `Http` as a namespace
 * that holds it.
 */
export type TransportClass = TransportConstructor | { readonly Http: TransportConstructor };

/**
 * What carries messages: {@link Mqtt}, a transport of azure-iot-device-amqp or azure-iot-device-http, or an app's own.
 *
 * Emits `connected()`, `disconnect(error?)`, `error(error)`, `message(Message)`, `inputMessage(name, Message)` and
 * `twinDesiredPropertiesUpdate(patch)`. A client uses no more of it than the app asks for, so what the app does not use may be missing.
 */
export interface DeviceTransport extends EventEmitter {
  connect(callback?: Callback<results.Connected>): void;
  disconnect(callback?: Callback<results.Disconnected>): void;
  sendEvent(message: Message, callback?: Callback<results.MessageEnqueued>): void;
  sendEventBatch?(messages: Message[], callback?: Callback<results.MessageEnqueued>): void;
  setOptions?(options: any, callback?: Callback<results.TransportConfigured>): void;
  updateSharedAccessSignature?(
    sharedAccessSignature: string,
    callback?: Callback<results.SharedAccessSignatureUpdated>,
  ): void;
  complete?(message: Message, callback?: Callback<results.MessageCompleted>): void;
  reject?(message: Message, callback?: Callback<results.MessageRejected>): void;
  abandon?(message: Message, callback?: Callback<results.MessageAbandoned>): void;
  enableC2D?(callback: ErrorCallback): void;
  disableC2D?(callback: ErrorCallback): void;
  sendOutputEvent?(outputName: string, message: Message, callback?: Callback<results.MessageEnqueued>): void;
  sendOutputEventBatch?(
    outputName: string,
    messages: Message[],
    callback?: Callback<results.MessageEnqueued>,
  ): void;
  enableInputMessages?(callback: ErrorCallback): void;
  disableInputMessages?(callback: ErrorCallback): void;
  getTwin?(callback: Callback<any>): void;
  updateTwinReportedProperties?(patch: any, callback: ErrorCallback): void;
  enableTwinDesiredPropertiesUpdates?(callback: ErrorCallback): void;
  disableTwinDesiredPropertiesUpdates?(callback: ErrorCallback): void;
  onDeviceMethod?(methodName: string, handler: (message: any) => void): void;
  sendMethodResponse?(response: any, callback?: ErrorCallback): void;
  enableMethods?(callback: ErrorCallback): void;
  disableMethods?(callback: ErrorCallback): void;
}

/**
 * MQTT 3.1.1 over TLS, port 8883. Give the class to {@link Client.fromConnectionString}; its instances are the client's.
 */
export class Mqtt extends EventEmitter implements DeviceTransport {
  constructor(authenticationProvider: any);
  connect(callback?: Callback<results.Connected>): void;
  disconnect(callback?: Callback<results.Disconnected>): void;
  sendEvent(message: Message, callback?: Callback<results.MessageEnqueued>): void;
  setOptions(options: any, callback?: Callback<results.TransportConfigured>): void;
  updateSharedAccessSignature(
    sharedAccessSignature: string,
    callback?: Callback<results.SharedAccessSignatureUpdated>,
  ): void;
  /** Nothing to do: messages are acknowledged once the listeners returned. */
  complete(message: Message, callback?: Callback<results.MessageCompleted>): void;
  enableC2D(callback: ErrorCallback): void;
  disableC2D(callback: ErrorCallback): void;
  sendOutputEvent(outputName: string, message: Message, callback?: Callback<results.MessageEnqueued>): void;
  enableInputMessages(callback: ErrorCallback): void;
  disableInputMessages(callback: ErrorCallback): void;
  getTwin(callback: Callback<TwinProperties>): void;
  updateTwinReportedProperties(patch: any, callback: ErrorCallback): void;
  enableTwinDesiredPropertiesUpdates(callback: ErrorCallback): void;
  disableTwinDesiredPropertiesUpdates(callback: ErrorCallback): void;
  onDeviceMethod(methodName: string, handler: (message: any) => void): void;
  sendMethodResponse(response: DeviceMethodResponse, callback?: ErrorCallback): void;
  enableMethods(callback: ErrorCallback): void;
  disableMethods(callback: ErrorCallback): void;
  /** @throws {errors.NotImplementedError} Always: MQTT has no batches. */
  sendEventBatch(): void;
  /** @throws {errors.NotImplementedError} Always: MQTT has no batches. */
  sendOutputEventBatch(): void;
  /** @throws {errors.NotImplementedError} Always: over MQTT a message can only be completed. */
  reject(): void;
  /** @throws {errors.NotImplementedError} Always: over MQTT a message can only be completed. */
  abandon(): void;
}

/** MQTT 3.1.1 over WebSocket and TLS, port 443: for networks that let nothing else through. */
export class MqttWs extends Mqtt {}

// ---------------------------------------------------------------------------------------------------------------------
// Retrying
// ---------------------------------------------------------------------------------------------------------------------

/** Decides whether and when to try again. */
export interface RetryPolicy {
  /** Whether to try again after this error. */
  shouldRetry(error: Error): boolean;
  /**
   * @param retryCount From 1.
   * @param isThrottled The last error was a ThrottlingError.
   * @returns Milliseconds to wait, as many as you like; a negative number means: give up.
   */
  nextRetryTimeout(retryCount: number, isThrottled: boolean): number;
}

/** The policy that never tries again. */
export class NoRetry implements RetryPolicy {
  nextRetryTimeout(retryCount?: number, isThrottled?: boolean): number;
  shouldRetry(error?: Error): boolean;
}

/**
 * The default policy: delays that grow to a maximum, with a random share so that many devices do not return in step.
 *
 * Before retry `n` it waits `min(cMin + (2^(n-1) - 1) · r, cMax)` ms, `r` drawn from `[c·(1-jd), c·(1-ju)]`.
 */
export class ExponentialBackOffWithJitter implements RetryPolicy {
  /**
   * @param immediateFirstRetry Retry 0 waits for nothing. The client counts from 1. Default: `true`.
   * @param errorFilter By error `name`: whether to try again. Default: NotConnectedError, InternalServerError,
   *   ServiceUnavailableError, ThrottlingError and TimeoutError.
   */
  constructor(immediateFirstRetry?: boolean, errorFilter?: RetryErrorFilter);
  /** As given to the constructor. */
  immediateFirstRetry: boolean;
  /** May be changed. */
  normalParameters: BackOffParameters;
  /** Used after a ThrottlingError. May be changed. */
  throttledParameters: BackOffParameters;
  nextRetryTimeout(retryCount: number, isThrottled: boolean): number;
  shouldRetry(error: Error): boolean;
}

/** By the `name` of an error: whether to try again. Names that are absent are not retried. */
export interface RetryErrorFilter {
  [errorName: string]: boolean;
}

/** See {@link ExponentialBackOffWithJitter}. */
export interface BackOffParameters {
  /** Scales the growth, in milliseconds. Default: 100, throttled 5 000. */
  c: number;
  /** The first delay, in milliseconds. Default: 100, throttled 10 000. */
  cMin: number;
  /** The longest delay, in milliseconds. Default: 10 000, throttled 60 000. */
  cMax: number;
  /** A share from 0 to 1. Default: 0.25. */
  ju: number;
  /** A share from 0 to 1. Default: 0.5. */
  jd: number;
}

/** A {@link Callback} with room for the HTTP response. */
export type RetryCallback = {
  callback(error?: Error | null, result?: any, response?: any): void;
}['callback'];

/** Runs an operation again while it fails, the policy wants it and time is left. */
export class RetryOperation {
  /**
   * @param name Of the operation, for debuggers.
   * @param maxTimeout Milliseconds from `retry()` on, after which no further attempt is begun. An attempt under way is
   *   not cut short.
   */
  constructor(name: string, policy: RetryPolicy, maxTimeout: number);
  /** As given. */
  name: string;
  /**
   * @param operation Called for every attempt.
   * @param finalCallback Called once: `(null, result, response)` of the attempt that succeeded, or the last error.
   */
  retry(operation: (callback: RetryCallback) => void, finalCallback: RetryCallback): void;
  /** Ends the operation with an error, unless it has ended. What an attempt under way reports is ignored. */
  cancel(error: Error): void;
}

// ---------------------------------------------------------------------------------------------------------------------
// Identity
// ---------------------------------------------------------------------------------------------------------------------

/** The fields of a connection string, as written there. Printing it hides key and token. */
export interface ConnectionStringFields {
  /** Of the hub. */
  HostName?: string;
  DeviceId?: string;
  ModuleId?: string;
  /** Base64. */
  SharedAccessKey?: string;
  SharedAccessKeyName?: string;
  SharedAccessSignature?: string;
  /** The gateway to connect to, if need be with a port. */
  GatewayHostName?: string;
  /** `true`. */
  x509?: string;
  /** Fields nobody knows are kept. */
  [field: string]: string | undefined;
}

/** Reads and writes connection strings of devices. */
export const ConnectionString: {
  /**
   * Reads leniently: what is no `name=value` is ignored, of duplicates the last counts.
   *
   * @throws {errors.ArgumentError} HostName or DeviceId is absent, or there is not exactly one of SharedAccessKey,
   *   SharedAccessSignature and x509.
   */
  parse(source: string): ConnectionStringFields;
  /** @throws {ReferenceError} An argument is falsy. */
  createWithSharedAccessKey(hostName: string, deviceId: string, symmetricKey: string): string;
  /** @throws {ReferenceError} An argument is falsy. */
  createWithX509Certificate(hostName: string, deviceId: string): string;
};

/** A token. Its text is the secret: printing the object hides the signature, `toString()` does not. */
export interface SharedAccessSignatureToken {
  /** The resource the token is for, percent-encoded. */
  sr?: string;
  /** The signature: base64, percent-encoded. */
  sig?: string;
  /** The name of the key, percent-encoded; absent for a device's own key. */
  skn?: string;
  /** When it expires, in seconds since 1970-01-01 UTC. */
  se?: string | number;
  /**
   * Moves the expiry of a token that was created, and returns the new text.
   *
   * @throws {ReferenceError} `expiry` is falsy.
   * @throws {TypeError} The token was parsed, so its key is not known.
   */
  extend(expiry: string | number): string;
  /** `SharedAccessSignature sr=…&sig=…&se=…` */
  toString(): string;
}

/** Makes and reads the tokens of devices. */
export const SharedAccessSignature: {
  /**
   * @param host Of the hub.
   * @param key Base64.
   * @param expiry In seconds since 1970-01-01 UTC.
   * @throws {ReferenceError} An argument is falsy.
   */
  create(host: string, deviceId: string, key: string, expiry: string | number): SharedAccessSignatureToken;
  /**
   * Values stay percent-encoded.
   *
   * @throws {errors.FormatError} `source` is no token.
   * @throws {errors.ArgumentError} `sr`, `sig` or `se` is absent.
   */
  parse(source: string): SharedAccessSignatureToken;
};

/** Who the device is, as providers give it to transports. */
export interface TransportConfig {
  /** Of the hub. */
  host: string;
  deviceId: string;
  moduleId?: string | undefined;
  /** The token to connect with. */
  sharedAccessSignature?: string | undefined;
  sharedAccessKeyName?: string | undefined;
  /** Base64. */
  sharedAccessKey?: string | undefined;
  x509?: X509 | undefined;
  /** The gateway to connect to, if need be with a port. */
  gatewayHostName?: string | undefined;
}

/** A client certificate and its key. Paths are read again at every reconnect. */
export interface X509 {
  /** The device's certificate, and those above it: PEM, DER, or a path. */
  cert?: string | string[] | Buffer | Buffer[] | undefined;
  /** PEM, DER, or a path. */
  key?: string | Buffer | undefined;
  /** Of an encrypted key. */
  passphrase?: string | undefined;
  /** The name of an OpenSSL engine. HTTP only. */
  clientCertEngine?: string | undefined;
  /** A path, in place of `cert`. */
  certFile?: string | undefined;
  /** A path, in place of `key`. */
  keyFile?: string | undefined;
}

/** What asks the cloud for messages: part of some transports. */
export interface Receiver extends EventEmitter {
  on(type: 'message', listener: (message: Message) => void): this;
  on(type: 'errorReceived', listener: (error: Error) => void): this;
  on(type: string, listener: Function): this;
}

/** A direct method as a transport hands it over. */
export interface MethodMessage {
  methods: { methodName: string };
  requestId: string;
  properties: { [key: string]: string };
  body: Buffer;
}

/** Knows who the device is and proves it. */
export interface AuthenticationProvider {
  /** 0: by certificate, 1: by token. A provider of tokens also emits `newTokenAvailable` and has `stop()`. */
  type: number;
  /** Is always called with a callback; who gives a promise all the same, as an async function does, need not call it. */
  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  setTokenRenewalValues?(tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number): void;
}

/**
 * Makes tokens with a symmetric key, and new ones before they expire. Emits `newTokenAvailable(credentials)` when it
 * renewed one, `error(Error)` when it could not. Subclasses may override `_sign`, to leave the key with somebody else.
 */
export class SharedAccessKeyAuthenticationProvider extends EventEmitter implements AuthenticationProvider {
  /**
   * @param tokenValidTimeInSeconds Default: 3600.
   * @param tokenRenewalMarginInSeconds How long before its end a token is renewed. Default: 900.
   * @throws {ReferenceError | TypeError} No credentials, or no object.
   * @throws {errors.ArgumentError} The margin is not shorter than the validity by a second.
   */
  constructor(
    credentials: TransportConfig,
    tokenValidTimeInSeconds?: number,
    tokenRenewalMarginInSeconds?: number,
  );
  /** Token. */
  type: 1;
  /** The credentials with a valid token. Starts the renewal. @throws {errors.ArgumentError} The key is not base64. */
  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  /** @throws {errors.ArgumentError} The margin is not shorter than the validity by a second. */
  setTokenRenewalValues(tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number): void;
  /** Ends the renewal. The next `getDeviceCredentials` makes a new token. */
  stop(): void;
  /** As given to the constructor, with the token in use. */
  protected _credentials: TransportConfig;
  /** How long a token is valid. */
  protected readonly _tokenValidTimeInSeconds: number;
  /**
   * Makes a token.
   *
   * @param resourceUri Percent-encoded.
   * @param expiry In seconds since 1970-01-01 UTC.
   * @param callback Must be called; an exception counts as an error, also that of an async function.
   */
  protected _sign(
    resourceUri: string,
    expiry: number,
    callback: { callback(error: Error | null | undefined, sharedAccessSignature?: string): void }['callback'],
  ): void;
  /**
   * @throws {ReferenceError} No connection string.
   * @throws {errors.ArgumentError} It lacks DeviceId, HostName or SharedAccessKey, or the margin is too long.
   */
  static fromConnectionString(
    connectionString: string,
    tokenValidTimeInSeconds?: number,
    tokenRenewalMarginInSeconds?: number,
  ): SharedAccessKeyAuthenticationProvider;
}

/** What a module of IoT Edge finds in its environment. */
export interface EdgedAuthConfig {
  /** `unix:///var/run/iotedge/workload.sock`, or `http://<host>:<port>`. */
  workloadUri: string;
  deviceId: string;
  moduleId: string;
  /** Of the hub. */
  iothubHostName: string;
  /** `sasToken` */
  authScheme: string;
  /** The gateway to connect to, if need be with a port. */
  gatewayHostName?: string | undefined;
  /** Which of the modules that had this name it is. */
  generationId: string;
}

/**
 * Of a module of IoT Edge: the workload API has its key, signs its tokens, and knows the roots to trust. While that is away
 * what was made before serves as long as it may; then it is asked again and again.
 */
export class IotEdgeAuthenticationProvider extends SharedAccessKeyAuthenticationProvider {
  /**
   * @param tokenValidTimeInSeconds Default: 3600.
   * @param tokenRenewalMarginInSeconds How long before its end a token is renewed. Default: 900.
   * @throws {ReferenceError} There is no `authConfig`, or it lacks workloadUri, moduleId or generationId.
   * @throws {errors.ArgumentError} The address is none: `ERR_IOT_WORKLOAD_URI`; the margin is not shorter than the
   *   validity by a second.
   */
  constructor(
    authConfig: EdgedAuthConfig,
    tokenValidTimeInSeconds?: number,
    tokenRenewalMarginInSeconds?: number,
  );
  /** The root certificates of the gateway, as PEM. @throws {ReferenceError | TypeError} No callback, or no function. */
  getTrustBundle(callback: Callback<string>): void;
}

/** Hands on a token the app made or was given. Emits `newTokenAvailable(credentials)` when it was replaced. */
export class SharedAccessSignatureAuthenticationProvider
  extends EventEmitter
  implements AuthenticationProvider
{
  /** @throws {ReferenceError | TypeError} No credentials, or no object. */
  constructor(credentials: TransportConfig);
  /** Token. */
  type: 1;
  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  /** Replaces the token; a connected client reconnects with it. @throws {ReferenceError} No token. */
  updateSharedAccessSignature(sharedAccessSignature: string): void;
  /** Nothing to stop. */
  stop(): void;
  /**
   * @param sharedAccessSignature Names the hub and the device.
   * @param gatewayHostName A token names no gateway.
   * @throws {ReferenceError} No token.
   * @throws {errors.FormatError} It is malformed.
   */
  static fromSharedAccessSignature(
    sharedAccessSignature: string,
    gatewayHostName?: string,
  ): SharedAccessSignatureAuthenticationProvider;
}

/** Hands on the certificate and key of a device. */
export class X509AuthenticationProvider implements AuthenticationProvider {
  /** @throws {ReferenceError | TypeError} No credentials, or no object. */
  constructor(credentials: TransportConfig);
  /** X.509. */
  type: 0;
  getDeviceCredentials(callback: Callback<TransportConfig>): void;
  getDeviceCredentials(): Promise<TransportConfig>;
  /** Replaces what was given before, from the next connection on. */
  setX509Options(x509: X509): void;
  /**
   * @throws {ReferenceError} An argument is missing.
   * @throws {errors.ArgumentError} Certificate or key is missing.
   */
  static fromX509Options(deviceId: string, iotHubHostname: string, x509: X509): X509AuthenticationProvider;
}

// ---------------------------------------------------------------------------------------------------------------------
// Service paths
// ---------------------------------------------------------------------------------------------------------------------

/** Resource paths of the service. Arguments are not encoded, except `correlationId`. */
export namespace endpoint {
  /** `2021-04-12` */
  const apiVersion: string;
  /** `/devices/<deviceId>` */
  function devicePath(deviceId: string): string;
  /** `…/messages/events` */
  function deviceEventPath(deviceId: string): string;
  /** `…/messages/devicebound` */
  function deviceMessagePath(deviceId: string): string;
  /** `…/methods/devicebound` */
  function deviceMethodPath(deviceId: string): string;
  /** `…/twin` */
  function deviceTwinPath(deviceId: string): string;
  /** `…/messages/devicebound/<lockToken>` */
  function deviceFeedbackPath(deviceId: string, lockToken: string): string;
  /** `…/files` */
  function deviceBlobUploadPath(deviceId: string): string;
  /** `…/files/notifications/<correlationId>` */
  function deviceBlobUploadNotificationPath(deviceId: string, correlationId: string): string;
  /** `/devices/<deviceId>/modules/<moduleId>` */
  function modulePath(deviceId: string, moduleId: string): string;
  /** `…/messages/events` */
  function moduleEventPath(deviceId: string, moduleId: string): string;
  /** `…/messages/events` */
  function moduleMessagePath(deviceId: string, moduleId: string): string;
  /** `…/methods/devicebound` */
  function moduleMethodPath(deviceId: string, moduleId: string): string;
  /** `…/twin` */
  function moduleTwinPath(deviceId: string, moduleId: string): string;
  /** `…/inputs` */
  function moduleInputMessagePath(deviceId: string, moduleId: string): string;
  /** `?api-version=2021-04-12` */
  function versionQueryString(): string;
}

// Without this every declaration above would be exported, also those not marked.
export {};
