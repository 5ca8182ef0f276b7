'use strict';

const { once } = require('node:events');
const net = require('node:net');

/**
 * A TCP relay between a device and its broker. TLS passes through it untouched, so it makes losses where networks make
 * them: at a byte, on the way up or down, with a FIN, an RST or silence. What it holds back never reached anybody.
 */
class Relay {
  #server;
  #pairs = new Set();
  #held = new Set();
  #refusing = false;
  /** Bytes from the device that may still pass, and how the connection then ends. */
  #budget = { bytes: Infinity, how: 'fin' };
  /** Connections accepted since the start, refused ones included. */
  accepted = 0;

  /** @param {number} target Port of the broker on 127.0.0.1; may be changed. */
  constructor(target) {
    this.target = target;
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (device) => this.#accept(device));
  }

  /** @param {string} [host] */
  async listen(host = '127.0.0.1') {
    this.#server.listen(0, host);
    await once(this.#server, 'listening');
    return this;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Connections relayed now. */
  get open() {
    return this.#pairs.size;
  }

  /**
   * Ends every connection: what was held back is lost.
   *
   * @param {'fin' | 'rst'} how As the device sees it.
   */
  cut(how) {
    for (const pair of this.#pairs) this.#end(pair, how);
  }

  /** @param {number} bytes From devices, counted from now: after them the connection is cut. */
  cutAfter(bytes, how = 'rst') {
    this.#budget = { bytes, how };
  }

  /** Holds back, on connections of now and later: `up` what devices send, `down` what the broker sends. */
  hold(...directions) {
    for (const direction of directions) this.#held.add(direction);
    for (const pair of this.#pairs) this.#flow(pair);
  }

  /** Lets everything through again. */
  release() {
    this.#held.clear();
    for (const pair of this.#pairs) this.#flow(pair);
  }

  /** New connections are reset until `admit`. */
  refuse() {
    this.#refusing = true;
  }

  admit() {
    this.#refusing = false;
  }

  async close() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut('rst');
    await closed;
  }

  #accept(device) {
    this.accepted += 1;
    device.on('error', () => {});
    if (this.#refusing) {
      device.resetAndDestroy();
      return;
    }
    const broker = net.connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const pair = { device, broker };
    this.#pairs.add(pair);
    device.on('data', (chunk) => this.#up(pair, chunk));
    broker.on('data', (chunk) => forward(broker, device, chunk));
    device.on('end', () => broker.end());
    broker.on('end', () => device.end());
    broker.on('error', (error) => this.#end(pair, error.code === 'ECONNRESET' ? 'rst' : 'fin'));
    device.on('close', () => this.#end(pair, 'fin'));
    broker.on('close', () => this.#end(pair, 'fin'));
    this.#flow(pair);
  }

  #up(pair, chunk) {
    const { bytes, how } = this.#budget;
    if (chunk.length < bytes) {
      this.#budget.bytes -= chunk.length;
      forward(pair.device, pair.broker, chunk);
      return;
    }
    this.#budget = { bytes: Infinity, how: 'fin' };
    pair.broker.write(chunk.subarray(0, bytes), () => this.#end(pair, how));
    pair.device.pause();
  }

  #flow({ device, broker }) {
    if (this.#held.has('up')) device.pause();
    else device.resume();
    if (this.#held.has('down')) broker.pause();
    else broker.resume();
  }

  #end(pair, how) {
    if (!this.#pairs.delete(pair)) return;
    const { device, broker } = pair;
    broker.destroy();
    if (how !== 'rst') device.end(() => device.destroy());
    // Node 20 never ends a process in which a socket was reset while its end() was under way.
    else if (device.writableEnded) device.destroy();
    else device.resetAndDestroy();
  }
}

/** Passes a chunk on, and waits while the other side does not take it. */
function forward(from, to, chunk) {
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

module.exports = { Relay };
