// @ts-check
'use strict';

const { failure } = require('../vocabulary/failure');
const { HUB_NAME } = require('./certificate');
const { Circumstances } = require('./circumstances');
const { doctorCommand } = require('./doctor_command');

/** @typedef {import('../native/binding').NativeFailure} NativeFailure */
/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

/**
 * What a connection was meant to be, for the words of an error.
 *
 * @typedef {object} Target
 * @property {string} host
 * @property {number} port
 * @property {string} clientId
 * @property {Buffer[]} roots DER.
 * @property {string[]} [rootFiles] Those read when the connection is made.
 * @property {boolean} systemRoots
 * @property {import('../..').CertificateAuthority} [ca] As the app gave it: where it is a path, the doctor is told.
 * @property {string} [password] The token; of it only the resource and the expiry are ever shown.
 * @property {'mqtt' | 'ws' | 'amqp'} [protocol] Default `mqtt`.
 * @property {'GatewayHostName' | 'HostName'} [field] Which of the two the host is. Default: the gateway.
 * @property {Cloud} [cloud] The host is no gateway, but this.
 * @property {import('../vocabulary/idiom').Idiom} [idiom] The interface of the app. Default: that of Client.
 * @property {{ host: string, port: number, origin: string, authorization?: string }} [proxy] Gone through. Of the
 *   authorization only its presence is told.
 * @property {Buffer[]} [clientChain] What the device proves itself by, DER, its own first.
 * @property {{ cert: unknown, key: unknown }} [clientFiles] The paths of certificate and key, where they are paths.
 */

/**
 * What a device talks to besides a gateway, over HTTPS: IoT Hub, and the storage for files.
 *
 * @typedef {'hub' | 'storage'} Cloud
 */

/**
 * What is known besides.
 *
 * @typedef {object} Background
 * @property {number} [shortLives] So many connections in a row ended as those of two clients with one id do, this one
 *   included; 0: that may be an accident.
 * @property {number} [unstored] So many in a row ended upon a message, before any was acknowledged.
 * @property {boolean} [uponMessage] It ended upon a message, before any was acknowledged.
 * @property {Date} [now] What the clock of this device says.
 */

/**
 * One way in which a connection fails. Of all rows that fit, the first counts, so the special stand before the general.
 * A `kind` and a `stage` are those of the core (`src/failure/`); without a stage the row is for all of them. The last
 * row fits everything.
 *
 * @typedef {object} Row
 * @property {string | string[] | RegExp} kind
 * @property {string | string[]} [stage]
 * @property {(circumstances: Circumstances) => boolean} [when] What must hold besides.
 * @property {(circumstances: Circumstances) => X509Certificate | undefined} [certificate] The one that decided; if there
 *   is none, the row does not fit. Message and remedy get it.
 * @property {string} code
 * @property {new (message?: string) => Error} type
 * @property {(circumstances: Circumstances, certificate: X509Certificate) => string} message One line that names the
 *   value at fault.
 * @property {string | ((circumstances: Circumstances, certificate: X509Certificate) => string)} remedy What to do, in a
 *   sentence or two.
 */

/** @type {Row[]} */
const ROWS = [
  ...require('./proxy').ROWS,
  ...require('./client_certificate').ROWS,
  ...require('./tls').ROWS,
  ...require('./roots').ROWS,
  ...require('./certificate').ROWS,
  ...require('./issuer').ROWS,
  ...require('./web_socket').ROWS,
  ...require('./refusal').ROWS,
  ...require('./loss').ROWS,
  ...require('./network').ROWS,
];

/**
 * A failed or lost connection, in words.
 *
 * @typedef {object} Explanation
 * @property {string} code
 * @property {new (message?: string) => Error} type
 * @property {string} message
 * @property {string} remedy
 * @property {ReturnType<import('./presented').factsOf>} [certificate] What the deciding certificate says.
 */

/**
 * @param {NativeFailure} native
 * @param {Target} target
 * @param {Background} [background]
 * @returns {Explanation}
 */
function explain(native, target, background) {
  const circumstances = new Circumstances(native, target, background);
  const rows = target.cloud === undefined ? ROWS : require('./cloud').ROWS;
  const row = /** @type {Row} */ (rows.find((each) => fits(each, circumstances)));
  // Rows without one do not look at it.
  const certificate = /** @type {X509Certificate} */ (row.certificate?.(circumstances));
  const remedy = typeof row.remedy === 'string' ? row.remedy : row.remedy(circumstances, certificate);
  return {
    code: row.code,
    type: row.type,
    message: row.message(circumstances, certificate),
    remedy: target.cloud === undefined && withoutGateway(circumstances) ? NO_GATEWAY : remedy,
    ...(certificate && { certificate: require('./presented').factsOf(certificate) }),
  };
}

const NO_GATEWAY =
  'There is no GatewayHostName, so the device tried IoT Hub itself: add ;GatewayHostName=<gateway> to its connection string.';

/**
 * Whatever it is that failed, the device was not meant to get there.
 *
 * @param {Circumstances} circumstances
 */
function withoutGateway({ native, field, host }) {
  return native.stage !== 'connected' && field === 'HostName' && HUB_NAME.test(host);
}

/**
 * A failed or lost connection as an error of the old SDK's classes, told truthfully: NotConnectedError for name,
 * network and TLS, UnauthorizedError only for CONNACK 2, 4 and 5 (design §4).
 *
 * @param {NativeFailure} native
 * @param {Target} target
 * @param {Background} [background]
 * @returns {Error & { code: string, hint?: string }} Its `hint` ends with the command that finds out more, where a gateway
 *   is meant; `cause`, and `transportError`, is what the layer below said.
 */
function connectionFailure(native, target, background) {
  const { type, code, message, remedy, certificate } = explain(native, target, background);
  const cause = lowerLayer(native);
  return failure(type, code, message, {
    hint: target.cloud === undefined ? `${remedy} Run: ${doctorCommand(target)}` : remedy,
    cause,
    transportError: cause,
    stage: native.stage,
    returnCode: native.kind === 'refusal' ? native.code : undefined,
    statusCode: /^(http-status|web-page)$/.test(native.kind) ? native.code : undefined,
    certificate,
  });
}

/**
 * @param {Row} row
 * @param {Circumstances} circumstances
 */
function fits({ kind, stage, when, certificate }, circumstances) {
  const { native } = circumstances;
  if (kind instanceof RegExp ? !kind.test(native.kind) : ![kind].flat().includes(native.kind)) return false;
  if (stage !== undefined && ![stage].flat().includes(native.stage)) return false;
  if (when !== undefined && !when(circumstances)) return false;
  return certificate === undefined || certificate(circumstances) !== undefined;
}

/** @param {NativeFailure} native */
function lowerLayer({ detail, osError }) {
  const cause = new Error(detail);
  cause.stack = undefined;
  return osError === undefined ? cause : Object.assign(cause, { errno: osError });
}

module.exports = { connectionFailure, explain };
