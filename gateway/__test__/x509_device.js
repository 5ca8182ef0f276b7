// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { REFUSED_5, answer, gatewayFor } = require('./raw-device');
const { createDeviceCertificate } = require('..');

/**
 * Helpers for tests with devices that show a certificate.
 *
 * @typedef {import('..').DeviceCertificate} DeviceCertificate
 * @typedef {import('node:tls').ConnectionOptions} TlsOptions
 */

/** An X.509 device sends no password. */
const NO_PASSWORD = { password: undefined };

const own = createDeviceCertificate({ deviceId: 'd1' });

/**
 * @param {Pick<DeviceCertificate, 'certPem' | 'keyPem'>} certificate
 * @returns {TlsOptions}
 */
const showing = ({ certPem, keyPem }) => ({ cert: certPem, key: keyPem });

/**
 * @param {import('node:test').TestContext} t
 * @param {import('..').DeviceOptions['x509']} x509 of the device `d1`
 * @param {import('..').GatewayOptions} [options]
 */
async function gatewayOf(t, x509, options) {
  return gatewayFor(t, { devices: [{ deviceId: 'd1', x509 }], ...options });
}

/**
 * Why the gateway refuses a certificate with CONNACK 5.
 * @param {import('..').Gateway} gateway
 * @param {TlsOptions} options
 * @param {Parameters<typeof import('./raw-device').connectPacket>[1]} [changes]
 */
async function refusal(gateway, options, changes = NO_PASSWORD) {
  const refused = once(gateway, 'refused');
  assert.strictEqual(await answer(gateway, changes, options), REFUSED_5);
  return (await refused)[0].reason;
}

module.exports = { NO_PASSWORD, gatewayOf, own, refusal, showing };
