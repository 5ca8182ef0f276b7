// @ts-check
'use strict';

/**
 * The TLS handler of DotNetty 0.6.0 (edgeHub 1.6.0 and 1.6.1; `DotNetty.Handlers/Tls/TlsHandler.cs`): the records of the
 * read that completes the handshake count towards the handshake and are forgotten with it, so that a CONNECT among them
 * is lost. Only under TLS 1.3 may a client send one so early.
 */
class EarlyLoss {
  #wire;
  /** TCP bytes read by the end of the handshake; absent where nothing is lost. */
  #read;
  #lost = 0;

  /**
   * @param {Pick<import('../connection/wire').Wire, 'protocol' | 'bytesRead'>} wire whose handshake ends right now
   */
  constructor(wire) {
    this.#wire = wire;
    this.#read = wire.protocol === 'TLSv1.3' ? wire.bytesRead : undefined;
  }

  /**
   * A record that began in that read and is completed by a later one is served.
   * @param {Buffer} chunk decrypted
   * @returns {boolean} whether it came by the read that completed the handshake
   */
  takes(chunk) {
    const lost = this.#wire.bytesRead === this.#read;
    if (lost) this.#lost += chunk.length;
    return lost;
  }

  /** What was lost, to be told with the reason of the connection's end. */
  get told() {
    return this.#lost === 0 ? '' : `; fault: ${this.#lost} bytes that came with Finished were dropped`;
  }
}

module.exports = { EarlyLoss };
