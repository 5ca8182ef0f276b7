import { ConnectionInfo, PublishPacket } from './connection';

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
export type MethodFault = 'silent' | 'duplicate' | { body: string | Uint8Array };

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
  /** At a twin request. A skipped version is `gateway.patchDesired(id, patch, { version })`. */
  twin?: Decide<[request: TwinRequest, connection: ConnectionInfo], TwinFault>;
  /** At a method call. */
  method?: Decide<[call: MethodRequest, connection: ConnectionInfo], MethodFault>;
}
