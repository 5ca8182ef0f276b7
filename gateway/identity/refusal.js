// @ts-check
'use strict';

/** A CONNECT that is answered by a return code other than 0. The reason never reaches the client. */
class Refusal extends Error {
  /**
   * @param {number} returnCode CONNACK return code
   * @param {string} reason
   * @param {{ slow?: boolean }} [options] `slow`: the gateway looks the device up upstream first
   */
  constructor(returnCode, reason, { slow = false } = {}) {
    super(reason);
    this.returnCode = returnCode;
    this.slow = slow;
  }
}

module.exports = { Refusal };
