// @ts-check
'use strict';

const fs = require('node:fs');

/** Given once they hold for good, or (tokenRenewal) act once: repeating them would renew tokens or be refused. */
const NOT_REPEATED = ['productInfo', 'modelId', 'tokenRenewal'];

/**
 * The options an app has set so far. A transport takes the object of a call for all there is to know, so what earlier
 * calls said must be said again: the original forgot the `ca` when only the `keepalive` was changed.
 */
class ClientOptions {
  /** @type {Record<string, any>} */
  #standing = {};

  /** What was said so far, and holds. */
  get standing() {
    return this.#standing;
  }

  /**
   * @param {Record<string, any>} options
   * @returns {Record<string, any>} `options` over the earlier ones; groups such as `mqtt` are merged member by member.
   */
  over(options) {
    const merged = { ...this.#standing, ...options };
    for (const [name, value] of Object.entries(options)) {
      if (isGroup(value) && isGroup(this.#standing[name]))
        merged[name] = { ...this.#standing[name], ...value };
    }
    return merged;
  }

  /**
   * The transport has taken them.
   *
   * @param {Record<string, any>} options
   */
  keep(options) {
    const standing = this.over(options);
    for (const name of NOT_REPEATED) delete standing[name];
    this.#standing = standing;
  }
}

/**
 * Only object literals: an agent or a Buffer is a value.
 *
 * @param {unknown} value
 */
function isGroup(value) {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * For transports that know no paths: the content of the file if `ca` names one, else `ca` itself (device-sdk.md §1.10).
 * Read at once, so that an `open` in the next line already has it.
 *
 * @param {unknown} ca
 * @returns {unknown}
 */
function readAuthority(ca) {
  if (Array.isArray(ca)) return ca.map(readAuthority);
  if (typeof ca !== 'string' || ca.includes('-----BEGIN')) return ca;
  try {
    return fs.readFileSync(ca, 'utf8');
  } catch {
    return ca;
  }
}

module.exports = { ClientOptions, readAuthority };
