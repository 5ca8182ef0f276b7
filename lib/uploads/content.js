// @ts-check
'use strict';

const { Readable, Transform, Writable, finished, pipeline } = require('node:stream');
const { memoryOf } = require('../message/body');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');

const FRESH =
  'Give a stream that nobody has read or destroyed: fs.createReadStream(path), made anew for each try.';

/**
 * What is uploaded. A stream is listened to from the beginning, and not read before it is known where to: an upload that could
 * not begin leaves it as it was.
 */
class Content {
  #source;
  #unlisten;
  /** @type {Readable | undefined} */
  #bytes;
  /** @type {{ error: any } | undefined} */
  #failure;
  /** @type {(error: any) => void} */
  #told = () => {};

  /**
   * @param {Readable | Uint8Array} source
   * @throws {ArgumentError} `ERR_IOT_UPLOAD_CONTENT`: nothing can be read of it any more.
   */
  constructor(source) {
    this.#source = source instanceof Uint8Array ? Readable.from([source], { objectMode: false }) : source;
    hear(this.#source);
    if (this.#source.errored) this.#fail(this.#source.errored);
    else requireFresh(this.#source);
    this.#unlisten = finished(this.#source, { writable: false }, (error) => {
      if (error) this.#fail(error);
    });
  }

  /** Whether it was the stream that failed, or what it gave. */
  get hasFailed() {
    return this.#failure !== undefined;
  }

  /** @param {(error: any) => void} told In place of who was to be told before; at once if it failed already. */
  onFailure(told) {
    this.#told = told;
    if (this.#failure) told(this.#failure.error);
  }

  /**
   * Begins to read.
   *
   * @returns {Readable} Buffers, whatever the source gives its text or bytes as.
   * @throws {ArgumentError} `ERR_IOT_UPLOAD_CONTENT`: somebody else has read it meanwhile.
   */
  open() {
    requireFresh(this.#source);
    this.#bytes = pipeline(this.#source, bytesOnly(), (error) => {
      if (error) this.#fail(error);
    });
    return this.#bytes;
  }

  /** Leaves the source to the app, unread. */
  leave() {
    this.#unlisten();
  }

  /**
   * Lets all of it go.
   *
   * @param {any} [error] Why it was not read to its end.
   */
  close(error) {
    this.#unlisten();
    this.#bytes?.destroy(error);
    this.#source.destroy?.(error);
  }

  /** @param {any} error */
  #fail(error) {
    if (this.#failure) return;
    this.#failure = { error: error.code === 'ERR_STREAM_PREMATURE_CLOSE' ? cutShort(error) : error };
    this.#told(this.#failure.error);
  }
}

/**
 * Whatever becomes of the upload: what the app's stream says against it, now or later, ends no process.
 *
 * @param {Readable} stream
 */
function hear(stream) {
  // Not twice, however often it is tried.
  stream.removeListener('error', ignore).on('error', ignore);
}

function ignore() {}

/**
 * @param {any} source
 * @returns {boolean} It has what is asked of a stream here, also in the form of before Node 0.10.
 */
function canBeRead(source) {
  const asked = ['pipe', 'on', 'once', 'emit', 'removeListener'];
  if (!asked.every((name) => typeof source?.[name] === 'function')) return false;
  return source instanceof Readable || !(source instanceof Writable);
}

/**
 * @param {Readable} stream
 * @throws {ArgumentError} `ERR_IOT_UPLOAD_CONTENT`
 */
function requireFresh(stream) {
  const { readableEnded, destroyed, readable } = stream;
  if (!readableEnded && !destroyed && readable !== false) return;
  const past = readableEnded
    ? 'was read to its end before'
    : destroyed
      ? 'was destroyed before'
      : 'is not readable';
  throw noContent(`The stream that is to be uploaded ${past}`, FRESH);
}

/** Text becomes its UTF-8, memory its bytes, as in the body of a message. */
function bytesOnly() {
  return new Transform({
    writableObjectMode: true,
    transform(chunk, _, done) {
      try {
        done(null, bytesOf(chunk));
      } catch (error) {
        done(/** @type {Error} */ (error));
      }
    },
  });
}

/** @param {unknown} chunk */
function bytesOf(chunk) {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : memoryOf(chunk);
  if (bytes !== undefined) return bytes;
  const hint = 'Turn objects into text first, each by JSON.stringify, say.';
  throw noContent(`The stream that is to be uploaded gave ${kindOf(chunk)}, not text or bytes`, hint);
}

/** @param {Error} cause */
function cutShort(cause) {
  return noContent('The stream that is to be uploaded was destroyed before its end', FRESH, cause);
}

/**
 * @param {string} message
 * @param {string} hint
 * @param {Error} [cause]
 */
function noContent(message, hint, cause) {
  return failure(ArgumentError, 'ERR_IOT_UPLOAD_CONTENT', message, { hint, ...(cause && { cause }) });
}

module.exports = { Content, canBeRead, hear, noContent };
