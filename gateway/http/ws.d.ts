/** The parts of the package ws that cut and build frames; it comes without types. */
declare module 'ws' {
  import { Writable } from 'node:stream';

  /** Emits `message` (payload, isBinary), `ping` (payload) and `conclude` (code of the close frame). */
  export class Receiver extends Writable {
    constructor(options: { isServer: boolean; maxPayload: number; skipUTF8Validation: boolean });
  }

  export class Sender {
    /** Header and payload of a frame. */
    static frame(
      payload: Buffer,
      options: { opcode: number; fin: boolean; mask: boolean; readOnly: boolean; rsv1: boolean },
    ): Buffer[];
  }
}
