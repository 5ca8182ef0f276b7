'use strict';

const { once } = require('node:events');
const tls = require('node:tls');
const mqttPacket = require('mqtt-packet');
const { chainOfAll } = require('./brokers');

/**
 * A TLS server that reads MQTT packets and answers only what a test says: CONNECT with `CONNACK 0`, the rest not at all.
 */
class RawServer {
  /** In order. @type {any[]} */
  packets = [];
  #server;
  #sockets = new Set();
  #waiting = [];

  /** @param {(packet: any, send: (packet: any) => void, socket: tls.TLSSocket) => void} [answer] */
  constructor(answer = () => {}) {
    this.answer = answer;
  }

  /** @param {import('node:test').TestContext} t Closed when it is over. */
  async start(t) {
    this.chain = await chainOfAll();
    this.#server = tls.createServer({ cert: this.chain.chainPem, key: this.chain.serverKeyPem }, (socket) =>
      this.#accept(socket),
    );
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    t.after(async () => {
      const closed = once(this.#server, 'close');
      this.#server.close();
      for (const socket of this.#sockets) socket.destroy();
      await closed;
    });
    this.relay = this;
    return this;
  }

  get port() {
    return this.#server.address().port;
  }

  register() {}

  /** Resolves when packets for which `holds` is true were read `count` times. */
  async read(holds, count = 1) {
    while (this.packets.filter(holds).length < count) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    return this.packets.filter(holds);
  }

  #accept(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const parser = mqttPacket.parser();
    const send = (packet) => socket.write(mqttPacket.generate(packet));
    parser.on('packet', (packet) => {
      this.packets.push(packet);
      if (packet.cmd === 'connect') send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      this.answer(packet, send, socket);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    socket.on('data', (chunk) => parser.parse(chunk));
  }
}

module.exports = { RawServer };
