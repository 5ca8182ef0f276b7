// @ts-check
'use strict';

/** @typedef {import('./transport').Feature} Feature */

/**
 * What a feature needs of the connection it belongs to.
 *
 * @typedef {object} Ground
 * @property {() => any} transport
 * @property {() => 'up' | 'coming' | 'none'} line Whether a connection stands, is being made, or neither.
 * @property {() => void} connect A feature is wanted, and there is no connection.
 * @property {(error: Error, feature: Feature) => void} failed A feature could not be switched.
 */

/** The features of a transport that an app's listeners need: wanted, and applied to the transport. */
class Features {
  /** @type {Map<Feature, { wanted: boolean, applied: boolean }>} */
  #standing = new Map();
  #applying = false;
  #ground;

  /** @param {Ground} ground */
  constructor(ground) {
    this.#ground = ground;
  }

  /** @returns {Feature[]} */
  get wanted() {
    return [...this.#standing].filter(([, { wanted }]) => wanted).map(([feature]) => feature);
  }

  /**
   * Takes effect at the end of the tick: an app that replaces its listeners changes nothing.
   *
   * @param {Feature} feature
   * @param {boolean} wanted
   */
  want(feature, wanted) {
    const known = this.#standing.get(feature);
    if (known) known.wanted = wanted;
    else this.#standing.set(feature, { wanted, applied: false });
    if (this.#applying) return;
    this.#applying = true;
    process.nextTick(() => {
      this.#applying = false;
      this.#apply();
    });
  }

  /** A connection is about to be made: the transport is told all that is wanted. */
  begin() {
    for (const [feature, { wanted }] of this.#standing) if (wanted) this.#switch(feature, true);
  }

  #apply() {
    const line = this.#ground.line();
    let connect = false;
    for (const [feature, { wanted, applied }] of this.#standing) {
      if (applied && !wanted) this.#switch(feature, false);
      else if (wanted && line === 'none') connect = true;
      else if (wanted && !applied) this.#switch(feature, true);
    }
    if (connect) this.#ground.connect();
  }

  /**
   * @param {Feature} feature
   * @param {boolean} on
   */
  #switch(feature, on) {
    const standing = /** @type {{ applied: boolean }} */ (this.#standing.get(feature));
    standing.applied = on;
    this.#ground.transport()[on ? feature.enable : feature.disable]((/** @type {Error | null} */ error) => {
      // Without a connection the failure is that of the connection, which is told in its own way.
      if (!error || this.#ground.line() !== 'up') return;
      if (on) standing.applied = false;
      this.#ground.failed(error, feature);
    });
  }
}

module.exports = { Features };
