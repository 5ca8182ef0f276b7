// @ts-check
'use strict';

const { Delays } = require('../connection/delays');
const { GARBAGE, HTTP } = require('./answers');
const { commit } = require('./commit');

/**
 * @typedef {import('../index').Ending} Ending
 * @typedef {import('../index').Disturbance} Disturbance
 */

/** A TCP connection that has just been accepted: the faults at `accept` and `hello`, while there is no TLS yet. */
class Arrival {
  #socket;
  #info;
  #surroundings;
  #begin;
  #delays = new Delays();
  #reason = 'connection lost';

  /**
   * @param {import('node:net').Socket} socket half-open allowed
   * @param {number} connectionNumber
   * @param {import('../control/surroundings').Surroundings} surroundings
   * @param {(how: { plain: boolean }) => void} begin goes on as usual, or with MQTT and no TLS
   */
  constructor(socket, connectionNumber, surroundings, begin) {
    this.#socket = socket;
    this.#info = { connectionNumber, address: `${socket.remoteAddress}:${socket.remotePort}` };
    this.#surroundings = surroundings;
    this.#begin = begin;
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    const fault = surroundings.faults.at('accept', connectionNumber);
    if (fault === 'refuse') this.#end('reset');
    else this.#commit(fault, () => this.#greet());
  }

  #greet() {
    if (this.#surroundings.faults.script.hello === undefined) return this.#leave({ plain: false });
    const { connectTimeoutMs } = this.#surroundings.limits;
    const overdue = setTimeout(() => {
      this.#reason = `no CONNECT within ${connectTimeoutMs} ms`;
      this.#socket.destroy();
    }, connectTimeoutMs);
    this.#socket.once('close', () => clearTimeout(overdue));
    // Nothing is read here: the bytes stay for TLS.
    this.#socket.once('readable', () => {
      clearTimeout(overdue);
      if (this.#socket.readableLength === 0) this.#socket.destroy();
      else this.#hello();
    });
  }

  #hello() {
    const fault = this.#surroundings.faults.at('hello', this.#info);
    if (fault === 'mqtt') this.#leave({ plain: true });
    else if (fault === 'http') this.#commit({ inject: HTTP, then: 'cut' });
    else if (fault === 'garbage') this.#commit({ inject: GARBAGE, then: 'cut' });
    else this.#commit(fault, () => this.#leave({ plain: false }));
  }

  /**
   * @param {Ending | 'silent' | Disturbance | undefined} fault
   * @param {() => void} [proceed]
   */
  #commit(fault, proceed = () => {}) {
    if (fault === 'silent') this.#swallow('silent');
    const line = {
      send: (/** @type {Buffer} */ bytes) => void this.#socket.write(bytes),
      after: (/** @type {number} */ milliseconds, /** @type {() => void} */ action) =>
        this.#delays.after(milliseconds, action),
      end: (/** @type {Ending} */ how) => this.#end(how),
    };
    commit(fault, line, proceed);
  }

  /**
   * @param {Ending} how
   */
  #end(how) {
    this.#reason = `fault: ${how}`;
    if (how === 'reset') this.#socket.resetAndDestroy();
    else if (how === 'cut') {
      this.#socket.end();
      // What is not read would turn the FIN into an RST.
      this.#swallow('cut');
      const linger = setTimeout(() => this.#socket.destroy(), this.#surroundings.limits.lingerMs);
      this.#socket.once('close', () => clearTimeout(linger));
    }
  }

  /**
   * Reads and throws away, until the client has closed.
   * @param {string} fault
   */
  #swallow(fault) {
    this.#reason = `fault: ${fault}`;
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.resume();
  }

  /**
   * @param {{ plain: boolean }} how
   */
  #leave(how) {
    this.#socket.off('error', this.#onError);
    this.#socket.off('close', this.#onClose);
    this.#begin(how);
  }

  #onError = (/** @type {Error} */ error) => {
    this.#reason = error.message;
    this.#socket.destroy();
  };

  #onClose = () => {
    this.#delays.clear();
    this.#surroundings.emit('handshakeFailed', { ...this.#info, reason: this.#reason });
  };
}

module.exports = { Arrival };
