// @ts-check
'use strict';

/**
 * Tells whoever looks at the process, as few listen to what a device does: on stderr, and by the event `warning` of
 * `process`.
 *
 * @param {string} code `WARN_IOT_…`
 * @param {string} message What is so.
 * @param {string} [detail] What it means, and what to do.
 */
function warn(code, message, detail) {
  process.emitWarning(message, { type: 'EdgeDownstreamWarning', code, detail });
}

/** Warnings of one device, each given once. */
class Warnings {
  #given = new Set();

  /**
   * @param {string} code `WARN_IOT_…`
   * @param {string} message What is so.
   * @param {string} [detail] What it means, and what to do.
   */
  warn(code, message, detail) {
    if (this.#given.has(code)) return;
    this.#given.add(code);
    warn(code, message, detail);
  }
}

module.exports = { Warnings, warn };
