// @ts-check
'use strict';

const { checkCertificate } = require('./client_certificate');
const { describe } = require('./child');
const { Refusal } = require('./refusal');
const { checkTerms, isSignedBy, parseSas } = require('./sas');

/**
 * @typedef {import('./child').Child} Child
 * @typedef {import('./username').Identity} Identity
 * @typedef {import('node:crypto').X509Certificate} X509Certificate
 *
 * What a client offers to prove who it is.
 * @typedef {object} Credentials
 * @property {string | undefined} password
 * @property {X509Certificate[]} certificates of the TLS handshake, the client's own first; none without one
 */

/**
 * How a client with these credentials authenticates: a password goes before a certificate.
 * @param {Credentials} credentials
 * @returns {'key' | 'x509' | undefined}
 */
function authenticationOf({ password, certificates }) {
  if (password) return 'key';
  return certificates.length > 0 ? 'x509' : undefined;
}

/** Modules that the gateway does not know and lets in, since its start. */
const MOST_STRANGERS = 1000;
/** IoT Hub's limit of an id, in characters. */
const LONGEST_ID = 128;

/** Decides whether a client is the child that it claims to be. */
class Authenticator {
  #terms;
  /** Modules that only their device vouched for. @type {Set<string>} */
  #strangers = new Set();

  /**
   * @param {object} terms
   * @param {import('./scope').Scope} terms.scope
   * @param {() => string[]} terms.hosts audience hosts in lower case
   * @param {import('../cloud/clock').Clock} terms.clock
   * @param {number} terms.graceMs behind the expiry of a token
   * @param {() => X509Certificate[]} terms.trustBundle CAs of client certificates
   */
  constructor(terms) {
    this.#terms = terms;
  }

  /**
   * @param {Identity} identity
   * @param {Credentials} credentials
   * @returns {{ slow: boolean }} whether the hub had to be asked
   * @throws {Refusal} CONNACK 5
   */
  authenticate(identity, credentials) {
    switch (authenticationOf(credentials)) {
      case 'key':
        return this.#byToken(identity, /** @type {string} */ (credentials.password));
      case 'x509':
        return this.#byCertificate(identity, credentials.certificates);
      default:
        throw new Refusal(5, `'${identity.clientId}' sent neither a password nor a certificate`);
    }
  }

  /**
   * In edgeHub's order: what needs no look-up first, then the child, then its keys. What a module's own keys do not
   * admit, those of its device may, even a module that the gateway does not know (DeviceScopeAuthenticator.cs).
   * @param {Identity} identity
   * @param {string} password
   */
  #byToken(identity, password) {
    const sas = parseSas(password);
    const { scope, hosts, clock, graceMs } = this.#terms;
    checkTerms(sas, identity, { hosts: hosts(), now: clock.now(), graceMs });
    const { deviceId, moduleId } = identity;
    const device = moduleId === undefined ? undefined : scope.find(deviceId);
    const known = scope.find(identity.clientId) !== undefined;
    if (!known && device?.enabled && isSignedBy(sas, keysOf(device))) {
      this.#admitStranger(identity);
      return { slow: true };
    }
    const child = this.#lookUp(identity);
    if (child.x509)
      throw new Refusal(5, `${describe(child.clientId)} authenticates by X.509, and sent a token`);
    if (!isSignedBy(sas, [...keysOf(child), ...keysOf(device)])) {
      throw new Refusal(5, `SAS token of '${identity.clientId}' is not signed by one of its keys`);
    }
    return { slow: false };
  }

  /**
   * What is remembered of clients is remembered of these, too, and a device makes up as many as it likes.
   * @param {Identity} identity
   */
  #admitStranger({ clientId, moduleId = '' }) {
    const strangers = this.#strangers;
    if (moduleId.length > LONGEST_ID || (strangers.size >= MOST_STRANGERS && !strangers.has(clientId))) {
      throw new Refusal(5, `'${clientId}' is not known, and one such module too many`, { slow: true });
    }
    strangers.add(clientId);
  }

  /**
   * @param {Identity} identity
   * @param {X509Certificate[]} certificates
   */
  #byCertificate(identity, certificates) {
    const { clientId, moduleId } = identity;
    if (moduleId !== undefined)
      throw new Refusal(5, `${describe(clientId)} sent a certificate: modules need a token`);
    const { x509 } = this.#lookUp(identity);
    if (!x509)
      throw new Refusal(5, `${describe(clientId)} authenticates by key, and sent a certificate and no token`);
    const { clock, trustBundle } = this.#terms;
    checkCertificate(certificates, { clientId, x509, trustBundle: trustBundle(), now: clock.now() });
    return { slow: false };
  }

  /**
   * @param {Identity} identity
   * @returns {Child}
   */
  #lookUp({ clientId }) {
    const { scope } = this.#terms;
    const child = scope.find(clientId);
    if (!child) throw new Refusal(5, `'${clientId}' is not a child of this gateway`, { slow: true });
    const disabled = scope.disabled(child);
    if (disabled !== undefined) throw new Refusal(5, disabled, { slow: true });
    return child;
  }
}

/**
 * @param {Child | undefined} child
 */
function keysOf({ primaryKey, secondaryKey } = /** @type {Child} */ ({})) {
  return [primaryKey, secondaryKey].filter((key) => key !== undefined);
}

module.exports = { Authenticator, authenticationOf };
