// @ts-check
'use strict';

/** A connection that ended earlier, and brought nothing, was of no use. Milliseconds. */
const USELESS_MS = 1_000;
/** A connection that ended earlier was short. Milliseconds. */
const SHORT_MS = 10_000;
/** So many contested lives in a row are no accident. */
const SUSPICIOUS = 3;
/** Messages, in either direction: more than two clients that keep each other off the gateway get through. */
const MUCH = 100;

/**
 * Tells a take-over from a bad line. Two clients that use one device id see the same: the gateway lets the newer
 * connection win and closes the older, whose client comes back and wins in turn (contract edge-gateway.md §2.10). So it
 * is the gateway that ends the connection, by a FIN, soon after the start, again and again, with little got through. A
 * bad line ends by RST or silence, or lets much through first.
 *
 * And both from a gateway that cannot store: it ends the connection upon a message, the same each time, before it has
 * acknowledged any.
 */
class Lives {
  #contested = 0;
  /** So many in a row were of no use. */
  #useless = 0;
  /** So many in a row were ended upon a message. */
  #unstored = 0;
  #since = 0;
  /** What had got through when it began. */
  #before = 0;
  #now;

  /** @param {() => number} [now] Milliseconds, monotonic. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * A connection stands.
   *
   * @param {number} through Messages that have got through so far.
   */
  connected(through) {
    this.#since = this.#now();
    this.#before = through;
  }

  /**
   * It is lost.
   *
   * @param {{ stage: string, kind: string }} failure
   * @param {number} through
   * @param {boolean} [waiting] Messages wait to be acknowledged.
   * @returns {import('../connection/transport').Life}
   */
  lost({ stage, kind }, through, waiting = false) {
    // One that could not be renewed was not lost but could not be made.
    if (stage !== 'connected') return { worked: false, contested: 0, unstored: 0 };
    const lived = this.#now() - this.#since;
    const got = through - this.#before;
    if (kind !== 'closed' || lived >= SHORT_MS) this.#contested = 0;
    else if (got < MUCH) this.#contested += 1;
    // It may be the fruit of the waiting between two clients: it begins no contest, but ends none.
    else if (this.#contested > 0) this.#contested += 0.5;
    const uponMessage = waiting && got === 0 && lived < SHORT_MS && (kind === 'closed' || kind === 'reset');
    this.#unstored = uponMessage ? this.#unstored + 1 : 0;
    this.#useless = lived < USELESS_MS && got === 0 ? this.#useless + 1 : 0;
    // Once is an accident.
    const contested = Math.floor(this.#contested);
    return { worked: this.#useless <= 1, contested, unstored: this.#unstored };
  }
}

module.exports = { Lives, SUSPICIOUS };
