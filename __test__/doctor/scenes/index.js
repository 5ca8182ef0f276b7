'use strict';

/**
 * Everything the doctor must find out, brought about. A scene is named after the finding that must come first, with a
 * comma behind it where there are several.
 *
 * @typedef {object} Scene
 * @property {string} connectionString
 * @property {import('../../..').CertificateAuthority} [ca]
 * @property {'mqtt' | 'ws' | 'amqp'} [protocol]
 * @property {boolean} [send]
 * @property {string} [proxy]
 * @property {string | Buffer} [cert]
 * @property {string | Buffer} [key]
 * @property {string} [passphrase]
 * @property {import('../../../lib/doctor/examination').Surroundings} [surroundings]
 * @property {string} [code] If it depends on this machine.
 * @property {string[]} [secrets] Beside the key of the device.
 *
 * @typedef {Record<string, (t: import('../surroundings').Until) => Promise<Scene>>} Scenes
 */

/** @type {Record<string, Scenes>} */
module.exports = {
  'the connection string': require('./connection_string'),
  'what is given as a connection string': require('./given_as_string'),
  'the root certificate given': require('./ca'),
  'what is given as a root': require('./given_as_root'),
  'the certificate of the device': require('./client_certificate'),
  'the proxy': require('./proxy'),
  'the network': require('./network'),
  'the certificates': require('./certificate'),
  'MQTT over WebSocket': require('./web_socket'),
  'the admission': require('./admission'),
  'what answers': require('./answers'),
  'what answers AMQP': require('./amqp'),
};
