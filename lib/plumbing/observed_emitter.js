// @ts-check
'use strict';

const { EventEmitter } = require('node:events');

/**
 * An EventEmitter that notices when its listeners change, by whatever method.
 *
 * Its own `newListener` and `removeListener` hooks would not do: an app's `removeAllListeners()` takes them along, and
 * Microsoft's sample for downstream devices calls just that after a loss (device-sdk.md §2.5).
 */
class ObservedEmitter extends EventEmitter {
  /**
   * Called after each change.
   *
   * @protected
   * @param {string | symbol | undefined} event `undefined`: all of them.
   */
  _listenersChanged(event) {
    void event;
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  on(event, listener) {
    super.on(event, listener);
    this._listenersChanged(event);
    return this;
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  addListener(event, listener) {
    return this.on(event, listener);
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  prependListener(event, listener) {
    super.prependListener(event, listener);
    this._listenersChanged(event);
    return this;
  }

  // `once` and `prependOnceListener` come by way of `on` and `prependListener`, and remove by `removeListener`.

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  removeListener(event, listener) {
    super.removeListener(event, listener);
    this._listenersChanged(event);
    return this;
  }

  /**
   * @param {string | symbol} event
   * @param {(...args: any[]) => void} listener
   */
  off(event, listener) {
    return this.removeListener(event, listener);
  }

  /** @param {[event?: string | symbol]} event */
  removeAllListeners(...event) {
    super.removeAllListeners(...event);
    this._listenersChanged(event[0]);
    return this;
  }
}

module.exports = { ObservedEmitter };
