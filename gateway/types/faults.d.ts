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
