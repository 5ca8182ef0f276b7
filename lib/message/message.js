// @ts-check
'use strict';

const { memoryOf } = require('./body');
const { Properties } = require('./properties');

/**
 * A message to or from the cloud (device-sdk.md §1.4).
 *
 * The empty string and `undefined` mean "not set". Of a received message `data` is a Buffer.
 */
class Message {
  /** @param {any} data The body: text (sent as UTF-8), bytes in any form, an array of byte values. */
  constructor(data) {
    this.data = data;
    this.properties = new Properties();
    this.messageId = '';
    this.to = '';
    /** @type {any} A Date travels as ISO text; a received message has text here. */
    this.expiryTimeUtc = undefined;
    this.lockToken = '';
    this.correlationId = '';
    this.userId = '';
    /** @type {string | undefined} */
    this.contentEncoding = undefined;
    /** @type {string | undefined} */
    this.contentType = undefined;
  }

  /** @returns {any} The body as it was given or received. */
  getData() {
    return this.data;
  }

  /**
   * @returns {Buffer} The body as bytes; a Buffer is returned as it is, anything else is copied.
   * @throws {TypeError} The body is nothing that has bytes: `undefined`, a number, a plain object.
   */
  getBytes() {
    const { data } = this;
    return Buffer.isBuffer(data) ? data : Buffer.from(memoryOf(data) ?? data);
  }

  /** Marks the message as one of the security agent's. */
  setAsSecurityMessage() {
    /** @type {string | undefined} */
    this.interfaceId = 'urn:azureiot:Security:SecurityAgent:1';
  }

  /**
   * @param {any} data
   * @returns {boolean} Whether `data` is a Buffer, text, an array or an ArrayBuffer.
   */
  static isBufferConvertible(data) {
    return (
      Buffer.isBuffer(data) || typeof data === 'string' || Array.isArray(data) || data instanceof ArrayBuffer
    );
  }
}

module.exports = { Message };
