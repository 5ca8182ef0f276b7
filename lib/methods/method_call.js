// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** A call of a direct method, as a handler of `device.onMethod` sees it. */
class MethodCall {
  /**
   * @param {string} id
   * @param {string} name
   */
  constructor(id, name) {
    /** Which call it is. Opaque. */
    this.id = id;
    /** Of the method. */
    this.name = name;
  }

  /**
   * What a handler returns to answer with another status than 200.
   *
   * @param {number} status A whole number other than 0.
   * @param {unknown} [payload] What JSON can express.
   * @returns {MethodReply}
   * @throws {ArgumentError} `ERR_IOT_METHOD_STATUS`
   */
  reply(status, payload) {
    if (Number.isInteger(status) && status !== 0 && status === (status | 0))
      return new MethodReply(status, payload);
    const message = `The status of a method's answer is ${quote(status)}, not a whole number other than 0`;
    throw failure(ArgumentError, 'ERR_IOT_METHOD_STATUS', message, {
      hint: 'A gateway drops the payload of any other. Give one of 32 bits, such as 200 or 404.',
    });
  }
}

/** An answer that is to be given. */
class MethodReply {
  /**
   * @param {number} status
   * @param {unknown} payload
   */
  constructor(status, payload) {
    this.status = status;
    this.payload = payload;
  }
}

module.exports = { MethodCall, MethodReply };
