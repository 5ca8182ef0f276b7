// @ts-check
'use strict';

const { commit } = require('../faults/commit');
const { EarlyLoss } = require('../faults/early_loss');
const { PacketReader, ProtocolError, QosTwoError } = require('../mqtt/framing');
const { Refusal } = require('../identity/refusal');
const packets = require('../mqtt/packets');
const { Delays } = require('./delays');
const { ENDS } = require('./endings');
const { KeepAlive } = require('./keep_alive');
const { lossOf } = require('./loss');
const { Opening } = require('./opening');
const { Pubacks } = require('./pubacks');
const { PublishQueue } = require('./publishing');
const { Turn } = require('./turn');
const { Wire } = require('./wire');

/** Bytes kept of what is sent behind an undecided CONNECT, before the socket is no longer read. */
const MAX_PIPELINED = 65536;

/**
 * @typedef {import('../index').ConnectionInfo} ConnectionInfo
 * @typedef {import('../index').Ending} Ending
 * @typedef {import('../index').Disturbance} Disturbance
 * @typedef {import('../mqtt/framing').Packet} Packet
 * @typedef {import('../control/surroundings').Surroundings} Surroundings
 */

/** One connection, from TCP accept to its end. */
class Connection {
  /**
   * @param {import('node:net').Socket} socket
   * @param {number} connectionNumber of this gateway, from 1
   * @param {import('./listener').Door} door
   * @param {Surroundings} surroundings
   */
  constructor(socket, connectionNumber, { speech, ...security }, surroundings) {
    this.surroundings = surroundings;
    const { lingerMs, maxPacketSize } = surroundings.limits;
    /** @type {'connecting' | 'http' | 'deciding' | 'connected' | 'ended'} */
    this.state = 'connecting';
    this.speech = speech;
    this.reader = new PacketReader(maxPacketSize);
    const shape = () => surroundings.faults.at('output', this.info);
    const options = { ...security, lingerMs, shape };
    this.wire = new Wire(socket, options, {
      onSecure: () => this.secured(),
      onData: (chunk) => this.read(chunk),
      onWritable: () => (this.http ? this.http.drained() : this.guard(() => this.pump())),
      onEnd: (error) => this.lost(error),
    });
    /** @type {ConnectionInfo} */
    this.info = { connectionNumber, address: this.wire.address };
    if (speech === 'mqtt') this.info.protocol = 'mqtt';
    this.opening = new Opening(this);
    /** @type {import('../session/client').Client | undefined} */
    this.client = undefined;
    /** @type {{ topic: string, payload: Buffer, qos: number, retain: boolean } | undefined} */
    this.will = undefined;
    /** What faults are committed on. */
    this.line = {
      send: (/** @type {Buffer} */ bytes) => this.wire.send(bytes),
      after: (/** @type {number} */ milliseconds, /** @type {() => void} */ action) =>
        this.after(milliseconds, action),
      end: (/** @type {Ending} */ how) => this.break(how),
    };
    /** Whether anything came but the handshake. */
    this.heard = false;
    /** @type {import('../http/stream').HttpStream | undefined} where the bytes go while they are HTTP */
    this.http = undefined;
    this.turn = new Turn(() => this.guard(() => this.pump()));
    /** What is due later, whatever the state. */
    this.delays = new Delays();
    const pubacks = new Pubacks({
      ...this.line,
      send: (packetId) => this.wire.send(packets.puback(packetId)),
    });
    this.publishes = new PublishQueue({
      ...this.line,
      decide: (n, packet) => surroundings.faults.at('publish', n, packet, this.info),
      take: (packet) => this.client?.take(packet),
      failed: (error) => this.failed(error),
      acknowledge: (packetId, fault) => pubacks.give(packetId, fault),
      guarded: (action) => this.guard(action),
      onDrained: () => this.pump(),
    });
    /**
     * Why the client sends no more, although TCP would let it.
     * @type {Error | undefined}
     */
    this.finished = undefined;
    this.keepAlive = new KeepAlive((allowedMs) =>
      this.end(`keep-alive: silent for ${allowedMs} ms`, ENDS.LOST),
    );
    /** @type {EarlyLoss | undefined} */
    this.earlyLoss = undefined;
    /** Until CONNECT is overdue. */
    this.timer = this.awaitConnect();
    surroundings.registry.all.add(this);
  }

  awaitConnect() {
    const { connectTimeoutMs } = this.surroundings.limits;
    const overdue = () => {
      const told = this.earlyLoss ? this.earlyLoss.told : '';
      this.end(`no CONNECT within ${connectTimeoutMs} ms${told}`, ENDS.CLOSED);
    };
    return setTimeout(overdue, connectTimeoutMs);
  }

  secured() {
    this.info.tlsVersion = this.wire.protocol || undefined;
    const fault = this.surroundings.faults.at('secure', this.info);
    if (fault === 'drop-early-connect') this.earlyLoss = new EarlyLoss(this.wire);
    else this.commit(fault, () => {});
  }

  /**
   * @param {Buffer} chunk
   */
  read(chunk) {
    this.heard = true;
    if (!this.info.protocol && !this.recognise(chunk)) return this.http?.feed(chunk);
    if (this.info.protocol === 'mqtt' && this.earlyLoss?.takes(chunk)) return;
    this.reader.push(chunk);
    this.guard(() => this.pump());
  }

  /**
   * Whether the bytes are MQTT; otherwise they are left to the HTTP head.
   * @param {Buffer} chunk
   */
  recognise(chunk) {
    if (this.http) return false;
    if (this.speech === 'http' || looksLikeHttp(chunk)) {
      this.http = this.surroundings.httpHead.serve(this);
      return false;
    }
    this.info.protocol = 'mqtt';
    return true;
  }

  /** A request other than an upgrade has come: it may take its time, and no CONNECT need follow. */
  serveHttp() {
    clearTimeout(this.timer);
    if (this.state !== 'ended') this.state = 'http';
  }

  /**
   * MQTT begins, in frames.
   * @param {import('./wire').Framing} framing
   * @param {Buffer} head of the frames, as far as it was read
   */
  serveWebSocket(framing, head) {
    clearTimeout(this.timer);
    this.state = 'connecting';
    this.timer = this.awaitConnect();
    this.info.protocol = 'websocket';
    this.http = undefined;
    this.wire.framing = framing;
    framing.decode(head);
  }

  /**
   * The client has said that it sends no more. What it sent before is handled first.
   * @param {Error} reason
   */
  finish(reason) {
    this.finished = reason;
    this.guard(() => this.pump());
  }

  /**
   * Every entry from outside: ends the connection when the client breaks the protocol.
   * @param {() => void} action
   */
  guard(action) {
    try {
      action();
    } catch (error) {
      if (error instanceof packets.UnsupportedLevelError) {
        this.opening.refuse(new Refusal(1, error.message));
      } else if (error instanceof ProtocolError) this.end(error.message, ENDS.LOST);
      else this.fail(error);
    }
  }

  /**
   * Something went wrong that is not the client's fault: in here, or in a listener to an event.
   * @param {unknown} error
   * @throws {unknown} the error: whoever runs the gateway must hear of it
   */
  fail(error) {
    this.end(`internal error: ${error instanceof Error ? error.message : error}`, ENDS.FAILED);
    throw error;
  }

  /** Handles the packets that have been read, as far as the client may go at present. */
  pump() {
    this.turn.begin();
    while (!this.held) {
      const packet = this.reader.next();
      if (!packet) break;
      this.handle(packet);
    }
    if (this.state === 'ended') return;
    if (this.state === 'deciding' ? this.reader.length > MAX_PIPELINED : this.held) this.wire.pause();
    else if (this.finished) this.lost(this.finished);
    else this.wire.resume();
  }

  /** Whether no further packet is taken for now. */
  get held() {
    const { frozen, congested } = this.wire;
    const undecided = this.state === 'deciding' || this.state === 'ended';
    return this.full || frozen || congested || undecided || this.turn.isOver;
  }

  /** Whether as many publishes wait as may. */
  get full() {
    return this.publishes.length > this.surroundings.limits.maxPendingPublishes;
  }

  /**
   * @param {Packet} packet
   */
  handle(packet) {
    if (!this.client) return this.opening.take(packets.decodeConnect(packet));
    packets.assertShape(packet);
    this.keepAlive.touch();
    if (packet.type === packets.TYPE.PUBLISH) this.publishes.push(packets.decodePublish(packet));
    else if (packet.type === packets.TYPE.DISCONNECT) this.end('DISCONNECT', ENDS.DISCONNECT);
    else this.client.handle(packet);
  }

  /**
   * A publish could not be done, which ends the connection.
   * @param {ProtocolError} error
   */
  failed(error) {
    if (!(error instanceof QosTwoError)) return this.end(error.message, ENDS.FAILED);
    // What came by the same read was received, too.
    this.publishes.waiting.push(...this.publishesRead());
    this.end(error.message, ENDS.LOST);
  }

  /** The publishes among the packets that were read and not yet handled. */
  publishesRead() {
    /** @type {import('../index').PublishPacket[]} */
    const publishes = [];
    try {
      for (let packet = this.reader.next(); packet; packet = this.reader.next()) {
        if (packet.type === packets.TYPE.PUBLISH) publishes.push(packets.decodePublish(packet));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    return publishes;
  }

  /**
   * @param {Buffer} bytes
   */
  send(bytes) {
    this.keepAlive.touch();
    this.wire.send(bytes);
  }

  /**
   * @param {number} delayMs
   * @param {() => void} action
   */
  after(delayMs, action) {
    if (delayMs > 0) this.delays.after(delayMs, () => this.guard(action));
    else action();
  }

  /**
   * Commits a fault, then goes on unless it ends the connection or silences the gateway.
   * @param {Ending | 'silent' | Disturbance | undefined} fault
   * @param {() => void} proceed
   */
  commit(fault, proceed) {
    if (fault === undefined) proceed();
    else commit(fault, this.line, proceed);
  }

  /**
   * Ends the connection as a fault does.
   * @param {Ending} how
   */
  break(how) {
    if (how === 'freeze') this.freeze();
    else this.cut(how);
  }

  /**
   * The peer is gone.
   * @param {Error | undefined} error
   */
  lost(error) {
    const { handshakeDone, socket } = this.wire;
    const heard = handshakeDone ? this.heard : socket.bytesRead > 0;
    const { reason, look } = lossOf(error, { handshakeDone, heard });
    if (this.client && !this.full) this.publishes.waiting.push(...this.publishesRead());
    this.end(reason, ENDS.LOST, { look });
  }

  /**
   * Commits a fault: the line breaks, by FIN or RST.
   * @param {'cut' | 'reset'} how
   */
  cut(how) {
    this.end(`fault: ${how}`, ENDS.CUT, { reset: how === 'reset', abrupt: true });
  }

  /** Stops reading and answering, and leaves the connection open. */
  freeze() {
    clearTimeout(this.timer);
    this.keepAlive.stop();
    this.delays.clear();
    this.publishes.end('none');
    this.wire.freeze();
  }

  /**
   * Ends the connection; whoever is connected is told nothing but the end itself.
   * @param {string} reason
   * @param {import('./endings').Consequences} consequences
   * @param {object} [how]
   * @param {boolean} [how.reset] RST instead of FIN
   * @param {boolean} [how.abrupt] without a farewell on the level of WebSocket
   * @param {boolean} [how.takenOver] by a connection of the same id
   * @param {number} [how.returnCode] of the CONNACK sent
   * @param {'port' | 'certificate'} [how.look] all that the client wanted
   * @param {boolean} [how.deaf] what still comes is not read
   */
  end(reason, consequences, { reset, abrupt, takenOver = false, returnCode, look, deaf } = {}) {
    const { state } = this;
    if (state === 'ended') return;
    this.state = 'ended';
    clearTimeout(this.timer);
    this.keepAlive.stop();
    this.delays.clear();
    const { emit, intake, registry } = this.surroundings;
    registry.remove(this);
    this.http?.destroy();
    this.wire.close({ reset, abrupt, deaf });
    const done = this.publishes.end(consequences.stored);
    if (this.client) {
      if (!takenOver) this.client.leave();
      if (consequences.will && done && this.will) intake.acceptWill(this.will, this.client.identity);
      emit('disconnected', { ...this.info, reason });
    } else if (state === 'http') {
      // Each of its requests has been told.
    } else {
      const told = { ...this.info, ...(look && { look }), reason };
      if (this.wire.handshakeDone) emit('refused', { ...told, returnCode });
      else emit('handshakeFailed', told);
    }
  }
}

/**
 * Requests of HTTP begin with an upper-case letter, CONNECT with 0x10.
 * @param {Buffer} chunk
 */
function looksLikeHttp([octet]) {
  return octet >= 0x41 && octet <= 0x5a;
}

module.exports = { Connection };
