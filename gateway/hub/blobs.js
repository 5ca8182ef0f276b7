// @ts-check
'use strict';

const { createHash, createHmac, randomBytes, timingSafeEqual } = require('node:crypto');

/** Of one block or of a blob in one piece: more than any client sends at once. Bytes. */
const MOST_AT_ONCE = 30000000;
/** Blocks of a blob, as Azure has it. */
const MOST_BLOCKS = 50000;
/** Of the id of a block: 64 bytes, in base64. Characters. */
const LONGEST_ID = 88;
/** What Node takes for a block or a blob besides its content, roughly. Bytes. */
const COST = 256;

/** A request to the store that is answered with an error, by Azure's name for it. */
class BlobError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * A stand-in for Azure's blob store: it takes blobs in blocks or in one piece, from whoever has a signature for that blob, and
 * keeps them in memory.
 */
class Blobs {
  #terms;
  #key = randomBytes(32);
  /** By name, with container. @type {Map<string, import('../index').Blob>} */
  #committed = new Map();
  /** Blocks that no list has named yet, by name of the blob and id. @type {Map<string, Map<string, Buffer>>} */
  #uncommitted = new Map();

  /**
   * @param {object} terms
   * @param {import('../cloud/clock').Clock} terms.clock
   * @param {Pick<Required<import('../index').Limits>, 'blobSasMs' | 'blobBytes'>} terms.limits
   * @param {(event: string, detail: object) => void} terms.emit
   */
  constructor(terms) {
    this.#terms = terms;
  }

  /** @param {string} name with its container */
  get(name) {
    return this.#committed.get(name);
  }

  /**
   * @param {string} name with its container
   * @returns {string} the query by which this blob may be written for a while
   */
  sign(name) {
    const expiry = new Date(this.#terms.clock.now() + this.#terms.limits.blobSasMs).toISOString();
    const query = new URLSearchParams({
      sv: '2018-03-28',
      sr: 'b',
      sig: this.#signature(name, expiry),
      se: expiry,
      sp: 'rw',
    });
    return `?${query}`;
  }

  /**
   * @param {string} name
   * @param {URLSearchParams} query
   * @throws {BlobError} 403
   */
  requireSigned(name, query) {
    const expiry = query.get('se') ?? '';
    const given = Buffer.from(query.get('sig') ?? '');
    const right = Buffer.from(this.#signature(name, expiry));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new BlobError(403, 'AuthenticationFailed', 'The signature is not one for this blob.');
    }
    if (Date.parse(expiry) < this.#terms.clock.now()) {
      throw new BlobError(403, 'AuthenticationFailed', `The signature expired at ${expiry}.`);
    }
  }

  /**
   * Put Block.
   * @param {string} name
   * @param {string} id base64
   * @param {Buffer | undefined} content undefined: too long
   * @throws {BlobError}
   */
  putBlock(name, id, content) {
    const blocks = this.#uncommitted.get(name) ?? new Map();
    const [known] = blocks.keys();
    if (id === '' || id.length > LONGEST_ID || (known !== undefined && known.length !== id.length)) {
      throw new BlobError(
        400,
        'InvalidBlobOrBlock',
        'The ids of the blocks of a blob are of one length, up to 64 bytes.',
      );
    }
    if (blocks.size >= MOST_BLOCKS)
      throw new BlobError(409, 'BlockCountExceedsLimit', 'It has too many blocks.');
    blocks.set(id, this.#roomFor(content));
    this.#uncommitted.set(name, blocks);
  }

  /**
   * Put Block List.
   * @param {string} name
   * @param {string[]} ids
   * @param {string | undefined} contentType
   * @throws {BlobError}
   */
  putBlockList(name, ids, contentType) {
    if (ids.length > MOST_BLOCKS)
      throw new BlobError(400, 'BlockListTooLong', `It names more than ${MOST_BLOCKS} blocks.`);
    const blocks = this.#uncommitted.get(name) ?? new Map();
    const named = ids.map((id, i) => {
      const block = blocks.get(id);
      if (!block) throw new BlobError(400, 'InvalidBlockList', `Block ${i + 1} of the list is not there.`);
      return block;
    });
    // A list may name a block again and again: the blob is larger then than the blocks in whose place it comes.
    this.#requireRoom(lengthOf(named) - lengthOf(blocks.values()));
    this.#commit(name, Buffer.concat(named), ids.length, contentType);
  }

  /**
   * Put Blob.
   * @param {string} name
   * @param {Buffer | undefined} content undefined: too long
   * @param {string | undefined} contentType
   * @throws {BlobError}
   */
  putBlob(name, content, contentType) {
    this.#commit(name, this.#roomFor(content), 0, contentType);
  }

  /**
   * @param {string} name
   * @param {Buffer} content
   * @param {number} blocks
   * @param {string} [contentType]
   */
  #commit(name, content, blocks, contentType) {
    this.#uncommitted.delete(name);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const blob = { name, content, sha256, blocks, contentType };
    this.#committed.set(name, blob);
    this.#terms.emit('blob', { name, sha256, blocks, contentType, bytes: content.length });
  }

  /**
   * @param {Buffer | undefined} content undefined: too long
   * @returns {Buffer} the content
   * @throws {BlobError} 413
   */
  #roomFor(content) {
    if (!content) throw this.#full();
    this.#requireRoom(content.length);
    return content;
  }

  /**
   * @param {number} bytes
   * @throws {BlobError} 413
   */
  #requireRoom(bytes) {
    let all = bytes;
    for (const { name, content } of this.#committed.values()) all += COST + name.length + content.length;
    for (const blocks of this.#uncommitted.values()) all += COST * blocks.size + lengthOf(blocks.values());
    if (all > this.#terms.limits.blobBytes) throw this.#full();
  }

  #full() {
    const { blobBytes } = this.#terms.limits;
    return new BlobError(413, 'RequestBodyTooLarge', `The store holds ${blobBytes} bytes.`);
  }

  /**
   * @param {string} name
   * @param {string} expiry
   */
  #signature(name, expiry) {
    return createHmac('sha256', this.#key).update(`${name}\n${expiry}`).digest('base64');
  }
}

/**
 * @param {Iterable<Buffer>} blocks
 */
function lengthOf(blocks) {
  let length = 0;
  for (const block of blocks) length += block.length;
  return length;
}

module.exports = { BlobError, Blobs, MOST_AT_ONCE };
