// @ts-check
'use strict';

/**
 * How edgeHub receives from the hub on a device's behalf (CloudProxy.cs, CloudReceiver): a loop that is started by the
 * first subscription, stopped for good by the first removal of it, and never started again. It lives as long as the
 * device's connection to the hub. The receive call under way when it is stopped may still take one message.
 */
class ReceiveLoop {
  /** @type {'new' | 'running' | 'stopping' | 'stopped'} */
  #state = 'new';
  #callEnds = 0;
  #callMs;

  /**
   * @param {number} callMs how long a receive call takes at most
   */
  constructor(callMs) {
    this.#callMs = callMs;
  }

  /**
   * @param {boolean | undefined} subscribed as the session has it; undefined: never asked for
   */
  follow(subscribed) {
    if (subscribed && this.#state === 'new') this.#state = 'running';
    if (subscribed !== false) return;
    if (this.#state === 'new') this.#state = 'stopped';
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#callEnds = Date.now() + this.#callMs;
  }

  /**
   * @returns {boolean} whether a message is received, if there is one
   */
  get receives() {
    return this.#state === 'running' || (this.#state === 'stopping' && Date.now() < this.#callEnds);
  }

  /** A message was received. */
  received() {
    if (this.#state === 'stopping') this.#state = 'stopped';
  }
}

/** How IoT Hub serves a device that is connected to it: whenever it is subscribed. */
class WhileSubscribed {
  receives = false;

  /**
   * @param {boolean | undefined} subscribed
   */
  follow(subscribed) {
    this.receives = subscribed === true;
  }

  received() {}
}

module.exports = { ReceiveLoop, WhileSubscribed };
