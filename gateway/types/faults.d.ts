import { ConnectionInfo, PublishPacket } from './connection';

/**
 * How a connection ends: `cut` by a FIN, `reset` by an RST; `freeze` leaves it half-open: nothing more is read from it
 * or sent on it, and the socket stays.
 */
export type Ending = 'cut' | 'reset' | 'freeze';

/**
 * What happens at a point before the gateway goes on as usual, in this order: it waits, it sends bytes as they are, it
 * ends the connection.
 */
export interface Disturbance {
  /** Milliseconds. */
  delayMs?: number;
  /** Bytes, or hexadecimal. */
  inject?: Uint8Array | string;
  /** Instead of going on. */
  then?: Ending;
}

/** At accept: `refuse` resets at once; `silent` reads, and never answers nor starts TLS. */
export type AcceptFault = 'refuse' | 'silent' | Ending | Disturbance;

/**
 * At the first bytes, with TLS the ClientHello: `mqtt` speaks MQTT without TLS; `http` answers with the page of a proxy
 * and `garbage` with nonsense, and both close.
 */
export type HelloFault = 'mqtt' | 'http' | 'garbage' | 'silent' | Ending | Disturbance;

/**
 * At the end of the TLS handshake: `drop-early-connect` loses a CONNECT, as the DotNetty of edgeHub 1.6.0 and 1.6.1 does.
 * Under TLS 1.3, what one TCP read of the gateway brings together with the client's Finished is dropped. The gateway stays
 * silent, and closes after `limits.connectTimeoutMs`; what a later read brings is served as usual. HTTPS, which a real
 * gateway serves by other means, is spared.
 */
export type SecureFault = 'drop-early-connect' | Ending | Disturbance;

/** `silent` never answers; a `code` other than 0 refuses; `delayMs` without one only delays the decision. */
export type ConnackFault = 'silent' | Ending | (Disturbance & { code?: number });

/**
 * At one publish: the connection ends before the message is stored, after that and before its PUBACK, or after its
 * PUBACK; `drop-puback` forgets the PUBACK, `duplicate-puback` sends it twice.
 */
export type PublishFault =
  | `${Ending}-${'before-store' | 'before-puback' | 'after-puback'}`
  | 'drop-puback'
  | 'duplicate-puback'
  | {
      /** Holds back this message and all behind it, like a slow store. Milliseconds. */
      delayMs?: number;
      /** Sent before the PUBACK: bytes, or hexadecimal. */
      inject?: Uint8Array | string;
      /** Holds back this PUBACK alone; those behind it overtake it. Milliseconds. */
      pubackDelayMs?: number;
      /** The PUBACK follows after that many later ones: out of order. */
      pubackBehind?: number;
      /** Packet id of the PUBACK instead of the right one. */
      pubackId?: number;
    };

/**
 * A number is the code to grant to the filter, such as 0x80; `omit` leaves its code out, so that the SUBACK has too
 * few. The rest concerns the whole SUBACK: with several filters the first that has such a fault decides.
 */
export type SubackFault = number | 'omit' | 'silent' | Ending | (Disturbance & { code?: number });

/** At UNSUBSCRIBE and PINGREQ: `silent` never answers. */
export type AnswerFault = 'silent' | Ending | Disturbance;

/** At a PUBLISH to the device: `silent` loses it, `twice` sends it again at once. */
export type DeliveryFault = 'silent' | 'twice' | Ending | Disturbance;

/** How everything is sent to the device, as long as it is in force. */
export interface OutputFault {
  /** Bytes of MQTT per second. */
  bytesPerSecond?: number;
  /** Most bytes of MQTT in a TLS record; each is written alone. 1 is byte by byte. */
  fragmentBytes?: number;
  /** Gathers what is sent within so many milliseconds of the first byte into one write. */
  gatherMs?: number;
}

/** A twin GET, or a patch of reported properties. */
export interface TwinRequest {
  operation: 'get' | 'reported';
  /** `deviceId`, or `deviceId/moduleId`. */
  id: string;
  /** Undefined: the device wants no response. */
  rid: string | undefined;
}

/** `silent` does what is asked and never answers; the rest changes the response. */
export type TwinFault =
  | 'silent'
  | {
      /** From 300 on the body is empty and what was reported is refused. */
      status?: number;
      /** Instead of the right one; a string is sent as UTF-8. */
      body?: string | Uint8Array;
      /** How late it comes, in milliseconds. Other than `limits.twinDelayMs` it holds up nothing. */
      delayMs?: number;
      /** Instead of that of the request. */
      rid?: string;
      /** How often it is sent; 2 is twice. */
      repeat?: number;
      /** Without any `$version`. */
      omitVersion?: boolean;
    };

/** A method call that is to be delivered. */
export interface MethodRequest {
  id: string;
  name: string;
  rid: string;
}

/** `silent` never delivers the call; `duplicate` delivers it twice, with one `$rid`; `body` replaces the payload. */
export type MethodFault = 'silent' | 'duplicate' | { body?: string | Uint8Array };

/** An HTTPS request: a method call by a module, a call for an upload, a request to the blob store. */
export interface HttpsRequest {
  method: string;
  /** Without the query. */
  path: string;
}

/** `silent` never answers; with a `status` it is answered with that, unread, and with `body`, which needs one. */
export type RequestFault = 'silent' | Ending | (Disturbance & { status?: number; body?: string });

/** A decision for the case at hand; undefined behaves. */
type Decide<Circumstances extends unknown[], Fault> =
  Fault | ((...circumstances: Circumstances) => Fault | undefined);

/**
 * Faults to commit, each at a point in a connection's life: a fault for every case, or a function that decides. A
 * function that returns what is no fault of its point raises an uncaught TypeError which names it.
 */
export interface Faults {
  /** TCP was accepted. */
  accept?: Decide<[connectionNumber: number], AcceptFault>;
  /** The first bytes arrived. */
  hello?: Decide<[connection: ConnectionInfo], HelloFault>;
  /** The TLS handshake is done. */
  secure?: Decide<[connection: ConnectionInfo], SecureFault>;
  /** CONNECT arrived. */
  connack?: Decide<[connection: ConnectionInfo], ConnackFault>;
  /** CONNACK 0 was sent. */
  connected?: Decide<[connection: ConnectionInfo], Ending | Disturbance>;
  /** A PUBLISH arrived; `n` counts those of the connection from 1. */
  publish?: Decide<[n: number, packet: PublishPacket, connection: ConnectionInfo], PublishFault>;
  /** A SUBSCRIBE arrived: asked for each filter. */
  suback?: Decide<[filter: string, connection: ConnectionInfo], SubackFault>;
  /** An UNSUBSCRIBE arrived. */
  unsuback?: Decide<[filters: string[], connection: ConnectionInfo], AnswerFault>;
  /** A PINGREQ arrived. */
  pingresp?: Decide<[connection: ConnectionInfo], AnswerFault>;
  /** A PUBLISH to the device is due. */
  delivery?: Decide<[topic: string, connection: ConnectionInfo], DeliveryFault>;
  /** A twin request arrived. A skipped version is `gateway.patchDesired(id, patch, { version })`. */
  twin?: Decide<[request: TwinRequest, connection: ConnectionInfo], TwinFault>;
  /** A method call is to be delivered. */
  method?: Decide<[call: MethodRequest, connection: ConnectionInfo], MethodFault>;
  /** An HTTPS request arrived. */
  request?: Decide<[request: HttpsRequest, connection: ConnectionInfo], RequestFault>;
  /** Asked whenever there is something to send. */
  output?: Decide<[connection: ConnectionInfo], OutputFault>;
}

/** A fault was committed. `output` is told once a connection. */
export interface FaultEvent extends ConnectionInfo {
  point: keyof Faults;
  fault: FaultAt<keyof Faults>;
}

/** What may be committed at a point. */
export type FaultAt<Point extends keyof Faults> = Exclude<
  Faults[Point],
  ((...circumstances: any[]) => unknown) | undefined
>;

/**
 * Reads faults as a command line has them, and combines them; where several are for one case, the first counts.
 *
 * Each is `<point>[#n][@connection]=<fault>`, such as `publish#3@2=cut-before-puback`, `connack=code:5,delayMs:3000` or
 * `suback=0x80`, or the name of a script: a module that exports `Faults`, or the same as JSON, without functions. Keys
 * of a script may have `#n` and `@connection`, too. `#n` is the n-th case at that point on its connection since the
 * faults are in force; `@connection` is the number of the connection.
 * @throws {TypeError} names the text and the column, or the script and the key, and what is allowed there
 * @throws {Error} a script cannot be read or run: names it, with the reason
 */
export function readFaults(specs: string[]): Faults;
