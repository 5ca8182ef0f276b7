// @ts-check
'use strict';

const { applyTokenRenewal } = require('../authentication/token_renewal');
const { AuthenticationType } = require('../authentication/type');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const {
  requireGroup,
  requireOptions,
  requireSayable,
  requireTimeouts,
  requireUpTo,
  requireWhenFull,
} = require('../plumbing/option');
const { readAgent } = require('../proxy/agent');
const { readProxyOption } = require('../proxy/choice');
const { readTrust, systemTrust } = require('../tls/trust');
const { requireChoicesFit } = require('./connect_strings');

/** Seconds (device-sdk.md §3.2). */
const KEEP_ALIVE_S = 180;
const LONGEST_KEEP_ALIVE_S = 65_535;

/**
 * What a connection is made with, out of the options an app sets (device-sdk.md §1.10). Each call replaces the earlier
 * one, except that `modelId` and `productInfo` stay.
 */
class MqttOptions {
  /** @type {import('../..').CertificateAuthority | undefined} */
  ca;
  /** What `ca` names. @type {import('../tls/trust').Trust | undefined} */
  #trust;
  /** Seconds. */
  keepAlive = KEEP_ALIVE_S;
  /** @type {{ connectMs?: number, tlsMs?: number, connackMs?: number }} */
  timeouts = {};
  refuseWhenFull = false;
  productInfo = '';
  /** @type {string | undefined} */
  modelId;
  /** The interface of the app, for hints. @type {import('../vocabulary/idiom').Idiom | undefined} */
  idiom;
  /** None is `null`; `undefined`: as the environment says. @type {import('../proxy/proxy').Proxy | null | undefined} */
  proxy;
  /** What `mqtt.webSocketAgent` does. @type {import('../proxy/agent').Detour | undefined} */
  detour;
  #protocol;
  /** Where the provider does not keep it. @type {import('../..').X509 | undefined} */
  #x509;

  /** @param {import('./protocol').Protocol} protocol */
  constructor(protocol) {
    this.#protocol = protocol;
  }

  /** The roots for a connection; those of the operating system where no option was ever set. */
  get trust() {
    return (this.#trust ??= systemTrust());
  }

  /**
   * Looks at the roots once more: who gives up a connection that stands wants to know whether another can be made.
   *
   * @throws {ArgumentError} `ERR_IOT_CA_…`
   */
  lookAtTrust() {
    this.#trust = readTrust(this.ca);
  }

  /**
   * @param {Record<string, any>} options
   * @param {any} provider
   * @throws {ArgumentError} An option cannot be used; then none of them is.
   */
  set(options, provider) {
    requireOptions(options, 'ca');
    const { ca, cert, certFile, keepalive, productInfo, modelId, tokenRenewal, timeouts, whenFull } = options;
    const trust = readTrust(ca);
    if ((cert || certFile) && provider.type === AuthenticationType.Token) {
      throw failure(
        ArgumentError,
        'ERR_IOT_OPTION',
        'The option cert is given, but the device authenticates with a key',
        {
          hint: 'Leave cert and key out, or use a connection string with x509=true.',
        },
      );
    }
    // What is falsy is no value (device-sdk.md §1.10), but NaN is a mistake in somebody's arithmetic.
    const keepAlive = keepalive || Number.isNaN(keepalive) ? keepalive : KEEP_ALIVE_S;
    requireUpTo('keepalive', keepAlive, 'seconds', LONGEST_KEEP_ALIVE_S);
    requireTimeouts(timeouts);
    requireWhenFull(whenFull);
    for (const name of ['mqtt', 'http']) requireGroup(name, options[name]);
    if (productInfo && typeof productInfo !== 'string') {
      // The class that the original has for it (device-sdk.md §1.10).
      const message = `The option productInfo is ${quote(productInfo)}, not a text`;
      throw failure(TypeError, 'ERR_IOT_OPTION', message, { hint: 'Give a text, or leave productInfo out.' });
    }
    const proxy = readProxyOption(options.proxy);
    const agent = this.#protocol.webSocket ? options.mqtt?.webSocketAgent : undefined;
    const detour = agent ? readAgent(agent) : undefined;
    if (productInfo) requireSayable('productInfo', productInfo);
    if (modelId) requireSayable('modelId', modelId);
    requireChoicesFit({
      productInfo: productInfo || this.productInfo,
      modelId: modelId || this.modelId,
    });
    if (tokenRenewal) applyTokenRenewal(provider, tokenRenewal);
    if (cert || certFile) this.#keepCertificate(options, provider);
    this.ca = ca;
    this.#trust = trust;
    this.keepAlive = Math.round(keepAlive);
    this.timeouts = timeouts ?? {};
    this.refuseWhenFull = whenFull === 'refuse';
    this.productInfo = productInfo || this.productInfo;
    this.modelId = modelId || this.modelId;
    this.proxy = proxy;
    this.detour = detour;
  }

  /**
   * What the device proves itself by, where it does so by a certificate.
   *
   * @param {import('../..').TransportConfig} credentials
   * @param {any} provider
   * @returns {import('../..').X509 | undefined}
   */
  x509Of({ x509 }, provider) {
    return provider.type === AuthenticationType.X509 ? (this.#x509 ?? x509 ?? {}) : undefined;
  }

  /**
   * @param {import('../..').X509} options
   * @param {any} provider
   * @throws {ArgumentError} `ERR_IOT_CLIENT_…`: told now, not when a connection needs it.
   */
  #keepCertificate({ cert, key, passphrase, certFile, keyFile, clientCertEngine }, provider) {
    const x509 = { cert, key, passphrase, certFile, keyFile, clientCertEngine };
    if (key || keyFile) {
      // Loaded when needed: few devices have one, and node:crypto takes longer than all of this package.
      const { readClientCertificate } = require('../tls/client_certificate');
      readClientCertificate(x509, null).key.fill(0);
    }
    if (typeof provider.setX509Options === 'function') provider.setX509Options(x509);
    else this.#x509 = x509;
  }
}

module.exports = { MqttOptions };
