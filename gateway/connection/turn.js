// @ts-check
'use strict';

/** How long one connection is served before others are. Milliseconds. */
const LENGTH_MS = 10;

/** The share of one turn of the event loop that a connection may take. What is left over comes in the next one. */
class Turn {
  #end = 0;
  /** Since when others were served. */
  #begun = false;
  #wasOver = false;
  #onNext;

  /**
   * @param {() => void} onNext after a turn that was too short
   */
  constructor(onNext) {
    this.#onNext = onNext;
  }

  /** Something has come. */
  begin() {
    if (this.#begun) return;
    this.#begun = true;
    this.#end = performance.now() + LENGTH_MS;
    setImmediate(() => {
      this.#begun = false;
      const again = this.#wasOver;
      this.#wasOver = false;
      if (again) this.#onNext();
    });
  }

  /** Whether what is left must wait. */
  get isOver() {
    this.#wasOver ||= this.#begun && performance.now() >= this.#end;
    return this.#wasOver;
  }
}

module.exports = { Turn };
