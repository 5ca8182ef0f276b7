// @ts-check
'use strict';

const { Pieces } = require('../encoding/pieces');

/** Of the body of a request, as Kestrel's; bytes. */
const MAX_BODY = 30000000;

/** Of what nobody reads: so much may go by, in order that the connection can be used again. Bytes. */
const MAX_UNREAD = 65536;

/** A request that is answered with a status and nothing else. */
class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The peer is gone, or was given up: there is nobody to answer. */
class AbortedError extends Error {}

/** The body of a request: not read before somebody asks for it, and never kept beyond what that one can use. */
class Body {
  #request;
  #patience;
  #onWanted;
  #received = 0;

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('./patience').Patience} patience
   * @param {() => void} onWanted tells the peer to send it, where it waits for that
   */
  constructor(request, patience, onWanted) {
    this.#request = request;
    this.#patience = patience;
    this.#onWanted = onWanted;
  }

  /**
   * Reads it.
   * @param {number} most bytes
   * @returns {Promise<Buffer | undefined>} undefined if it is longer than that
   * @throws {HttpError} 413: longer than any body may be
   * @throws {AbortedError}
   */
  async read(most) {
    const request = this.#request;
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw tooLong();
    this.#onWanted();
    const pieces = new Pieces();
    const stopWatching = this.#patience.watchBody(() => this.#received);
    /** @type {() => void} */
    let stopReading = () => {};
    try {
      await new Promise((resolve, reject) => {
        const take = (/** @type {Buffer} */ chunk) => {
          this.#received += chunk.length;
          if (this.#received <= most) pieces.push(chunk);
          else pieces.clear();
          if (this.#received > MAX_BODY) reject(tooLong());
        };
        const abort = () => reject(new AbortedError('the connection ended within a body'));
        stopReading = () => request.off('data', take);
        request.on('data', take).once('end', resolve).once('error', abort).once('close', abort);
      });
    } finally {
      stopWatching();
      stopReading();
    }
    return this.#received <= most ? pieces.take() : undefined;
  }

  /** Whether more of it is left than may go by unread: then the connection must end with the answer. */
  get isTooMuch() {
    const { complete, headers } = this.#request;
    if (complete) return false;
    const length = Number(headers['content-length'] ?? Infinity);
    return length - this.#received > MAX_UNREAD;
  }

  /** The request has been answered: what is left of the body goes by unread, and must end soon. */
  leave() {
    const request = this.#request;
    if (request.complete) return this.#patience.answered();
    const stopWatching = this.#patience.watchUnread();
    request.once('close', stopWatching);
    request.once('end', () => this.#patience.answered()).resume();
  }
}

function tooLong() {
  return new HttpError(413, `the body is longer than ${MAX_BODY} bytes`);
}

module.exports = { AbortedError, Body, HttpError };
