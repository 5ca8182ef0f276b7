// @ts-check
'use strict';

const tls = require('node:tls');
const { ShapedOutput } = require('../faults/output');

/** Bytes gathered for one write. */
const MAX_OUTBOX = 65536;

/**
 * @typedef {object} WireEvents
 * @property {() => void} onSecure the handshake is done
 * @property {(chunk: Buffer) => void} onData bytes of MQTT; before a protocol is known, of whatever comes
 * @property {() => void} onWritable output that had piled up is gone
 * @property {(error?: Error) => void} onEnd the peer is gone, or TLS failed; at most once
 *
 * What wraps the byte stream of MQTT, such as the frames of WebSocket.
 * @typedef {object} Framing
 * @property {(chunk: Buffer) => void} decode hands on what is inside
 * @property {(bytes: Buffer) => Buffer} encode
 * @property {Buffer} farewell written before an orderly end
 * @typedef {object} Security
 * @property {tls.SecureContext} secureContext
 * @property {import('./client_chains').ClientChains} clientChains of the context's sessions
 * @property {'optional' | 'required' | 'none'} clientCertificate
 * @property {boolean} cleanClose send close_notify, unlike edgeHub
 */

/**
 * A TLS connection: the output of one turn is one write, and it can be closed in every way. As a fault it can do
 * without TLS, and shape its output.
 *
 * @typedef {object} WireOptions
 * @property {boolean} [plain] without TLS
 * @property {number} lingerMs how long the peer may take to close after us
 * @property {() => import('../index').OutputFault | undefined} shape of what is to be written
 */
class Wire {
  /**
   * @param {import('node:net').Socket} socket accepted, half-open allowed
   * @param {Security & WireOptions} options
   * @param {WireEvents} events
   */
  constructor(socket, options, { onSecure, onData, onWritable, onEnd }) {
    this.socket = socket;
    this.clientChains = options.clientChains;
    this.cleanClose = options.cleanClose;
    this.lingerMs = options.lingerMs;
    this.shape = options.shape;
    this.address = `${socket.remoteAddress}:${socket.remotePort}`;
    /** @type {Buffer[]} */
    this.outbox = [];
    this.outboxSize = 0;
    /** Writes that the socket has not finished. */
    this.writing = 0;
    this.onFlushed = () => {};
    /** @type {Framing | undefined} */
    this.framing = undefined;
    this.open = true;
    this.frozen = false;
    this.handshakeDone = options.plain === true;
    this.peerGone = false;
    this.secure = options.plain ? socket : serve(socket, options);
    this.shaped = new ShapedOutput({
      write: (bytes, done) => this.secure.write(bytes, done),
      onEmpty: () => {
        this.written();
        if (this.open) onWritable();
      },
    });
    this.secure.on('secure', () => {
      this.handshakeDone = true;
      onSecure();
    });
    this.secure.on('data', (/** @type {Buffer} */ chunk) => {
      if (!this.open || this.frozen) return;
      if (this.framing) this.framing.decode(chunk);
      else onData(chunk);
    });
    this.secure.on('drain', () => this.open && onWritable());
    const end = (/** @type {Error | undefined} */ error) => {
      this.peerGone = true;
      if (this.open) onEnd(error);
      // What is being written has been sent, as from a real socket; the rest follows it.
      else if (this.writing === 0) this.socket.destroy();
    };
    this.secure.on('end', () => end(undefined));
    this.secure.on('close', () => end(undefined));
    this.secure.on('error', end);
    socket.on('error', end);
    // However it came about: no timer may outlive the connection.
    socket.once('close', () => this.shaped.stop());
  }

  /** Negotiated, such as `TLSv1.3`. */
  get protocol() {
    return this.secure instanceof tls.TLSSocket ? this.secure.getProtocol() : null;
  }

  /** What the client presented, its own certificate first; none without one. */
  get clientCertificates() {
    return this.secure instanceof tls.TLSSocket ? this.clientChains.of(this.secure) : [];
  }

  /** Bytes of TCP read so far: data that comes while it stays the same came by one read. */
  get bytesRead() {
    return this.socket.bytesRead;
  }

  /** Whether output piles up because the peer does not read. */
  get congested() {
    return this.secure.writableNeedDrain || this.shaped.congested;
  }

  /**
   * @param {Buffer} bytes
   */
  send(bytes) {
    if (!this.open || this.frozen) return;
    if (this.outbox.length === 0) process.nextTick(() => this.flush());
    this.outbox.push(bytes);
    this.outboxSize += bytes.length;
    // So that congestion shows before the turn is over.
    if (this.outboxSize > MAX_OUTBOX) this.flush();
  }

  flush() {
    if (this.outbox.length === 0) return;
    const bytes = this.outbox.length === 1 ? this.outbox[0] : Buffer.concat(this.outbox);
    this.outbox = [];
    this.outboxSize = 0;
    this.write(this.framing ? this.framing.encode(bytes) : bytes);
  }

  /**
   * Writes at once and as it is, outside the byte stream of MQTT where that is framed.
   * @param {Buffer} bytes
   */
  write(bytes) {
    const shape = this.shape();
    if (shape === undefined && !this.shaped.busy) {
      this.writing++;
      this.secure.write(bytes, () => this.written());
    } else {
      if (!this.shaped.busy) this.writing++;
      this.shaped.push(bytes, shape);
    }
  }

  written() {
    this.writing--;
    if (this.writing === 0) this.onFlushed();
  }

  /** Stops reading, so that TCP holds the peer back. */
  pause() {
    this.secure.pause();
  }

  resume() {
    if (this.open && !this.frozen) this.secure.resume();
  }

  /** Neither reads nor writes any more after what was sent, and leaves the connection open. */
  freeze() {
    this.flush();
    this.frozen = true;
    this.shaped.stop();
    this.secure.pause();
  }

  /**
   * Closes after what was sent: with a bare FIN, as edgeHub does, or with close_notify, or with an RST.
   * @param {object} [options]
   * @param {boolean} [options.reset] RST instead of FIN
   * @param {boolean} [options.abrupt] without the farewell of the framing
   * @param {boolean} [options.deaf] nothing more is read: an RST follows the FIN if the peer goes on sending
   */
  close({ reset = false, abrupt = reset, deaf = false } = {}) {
    if (this.frozen || !this.handshakeDone) return this.destroy();
    this.open = false;
    // What arrives now is read and thrown away: unread input would turn the FIN into an RST.
    if (deaf) this.secure.pause();
    else this.secure.resume();
    this.flush();
    if (this.framing && !abrupt && !this.peerGone) this.write(this.framing.farewell);
    this.onFlushed = () => {
      // Node 20 never ends a process in which a socket was reset while its end() was under way.
      if (reset && !this.socket.writableEnded) this.socket.resetAndDestroy();
      else if (this.peerGone) this.socket.destroy();
      else if (this.cleanClose) this.secure.end();
      else this.socket.end();
    };
    if (this.writing === 0) this.onFlushed();
    const linger = setTimeout(() => this.destroy(), this.lingerMs);
    this.socket.once('close', () => clearTimeout(linger));
  }

  destroy() {
    this.open = false;
    this.shaped.stop();
    this.socket.destroy();
  }
}

/**
 * @param {import('node:net').Socket} socket
 * @param {Security} security
 */
function serve(socket, { clientCertificate, secureContext }) {
  return new tls.TLSSocket(socket, {
    isServer: true,
    secureContext,
    // As edgeHub: a client certificate is asked for, and any is good at this level. Outside of tls.Server,
    // `rejectUnauthorized` only means that there must be one.
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: clientCertificate === 'required',
    // @ts-ignore: missing in the types of Node 20
    allowHalfOpen: true,
  });
}

module.exports = { Wire };
