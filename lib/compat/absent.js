// @ts-check
'use strict';

const { absent } = require('../vocabulary/absent');

/**
 * The classes of the originals that this package has not yet (device-sdk.md §1.1). They are there, so that a script which
 * names one without using it runs, and a script which uses one is told.
 */

class ModuleClient {
  constructor() {
    throw absent('modules', 'ModuleClient');
  }

  static fromConnectionString() {
    throw absent('modules', 'ModuleClient.fromConnectionString');
  }

  static fromSharedAccessSignature() {
    throw absent('modules', 'ModuleClient.fromSharedAccessSignature');
  }

  static fromAuthenticationProvider() {
    throw absent('modules', 'ModuleClient.fromAuthenticationProvider');
  }

  /**
   * The one factory that never throws: device-sdk.md §2.1.
   *
   * @param {unknown} _Transport
   * @param {(error: Error) => void} [callback]
   * @returns {any}
   */
  static fromEnvironment(_Transport, callback) {
    const error = absent('modules', 'ModuleClient.fromEnvironment');
    if (typeof callback !== 'function') return Promise.reject(error);
    process.nextTick(callback, error);
  }
}

class IotEdgeAuthenticationProvider {
  constructor() {
    throw absent('modules', 'IotEdgeAuthenticationProvider');
  }
}

module.exports = {
  IotEdgeAuthenticationProvider,
  ModuleClient,
};
