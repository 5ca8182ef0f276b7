// @ts-check
'use strict';

/** Of the body of a request, as Kestrel's; bytes. */
const MAX_BODY = 30000000;

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
    /** @type {Buffer[]} */
    const chunks = [];
    let length = 0;
    const stopWatching = this.#patience.watchBody(() => length);
    /** @type {() => void} */
    let stopReading = () => {};
    try {
      await new Promise((resolve, reject) => {
        const take = (/** @type {Buffer} */ chunk) => {
          length += chunk.length;
          if (length <= most) chunks.push(chunk);
          else chunks.length = 0;
          if (length > MAX_BODY) reject(tooLong());
        };
        const abort = () => reject(new AbortedError('the connection ended within a body'));
        stopReading = () => request.off('data', take);
        request.on('data', take).once('end', resolve).once('error', abort).once('close', abort);
      });
    } finally {
      stopWatching();
      stopReading();
    }
    return length <= most ? Buffer.concat(chunks) : undefined;
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
