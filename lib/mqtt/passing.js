// @ts-check
'use strict';

/** What travels by the connection that stands, if it stays, and by no other. */
class Passing {
  #session;
  #line = new AbortController();

  /** @param {import('../session/session').Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * By QoS 0.
   *
   * @param {string} topic
   * @param {string} body At most 255 KiB.
   * @param {(error: any) => void} callback Called when it was written.
   */
  publish(topic, body, callback) {
    this.#session.publish(topic, body, 0, callback, { signal: this.#line.signal });
  }

  connected() {
    this.#line = new AbortController();
  }

  /** What was not written fails. */
  ended() {
    this.#line.abort();
  }
}

module.exports = { Passing };
