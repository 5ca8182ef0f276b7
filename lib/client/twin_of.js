// @ts-check
'use strict';

const { DESIRED, keepsPendingOperations } = require('../connection/transport');
const { Twin, copyOf } = require('../twin/twin');

/** @typedef {import('../connection/kept').KeptConnection | import('../connection/per_operation').PerOperationConnection} Connection */

/**
 * The twin of a client. Over a transport of this package it is followed from now on: every change comes, and on each new
 * connection what was missed is fetched.
 *
 * @param {any} transport
 * @param {Connection} connection
 * @returns {Twin}
 */
function twinOf(transport, connection) {
  const follows = transport[keepsPendingOperations] === true;
  const listen = () => connection.want(DESIRED, true);
  const twin = new Twin({
    follows,
    fetch: (callback, limits) => {
      if (limits) connection.request('getTwin', [], callback, limits);
      else transport.getTwin(callback);
    },
    report: (patch, json, callback) =>
      connection.request('updateTwinReportedProperties', [follows ? json : patch], callback),
    listen,
  });
  const copy = copyOf(twin);
  transport.on('twinDesiredPropertiesUpdate', (/** @type {any} */ patch) => copy.arrive(patch));
  if (follows) {
    transport.on('connected', () => copy.connected());
    listen();
  }
  return twin;
}

module.exports = { twinOf };
