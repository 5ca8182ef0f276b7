// @ts-check
'use strict';

const { quote } = require('../vocabulary/failure');
const { isGiven } = require('./doctor_command');
const { CLIENT } = require('../vocabulary/idiom');
const { parse, topOf } = require('./presented');
const { originIn, rootSource } = require('./roots');
const { readToken } = require('./token');

/** No device that has the time runs this package before then. */
const EARLIEST = Date.UTC(2024, 0, 1);
/** From here on a time is told in seconds. Milliseconds. */
const LONG_MS = 10_000;

/**
 * What is known about a connection that failed, in the form in which messages want it.
 */
class Circumstances {
  /** @type {import('node:crypto').X509Certificate[] | undefined} */
  #chain;
  /** @type {import('node:crypto').X509Certificate | undefined} */
  #leaf;
  /** @type {import('node:crypto').X509Certificate[] | undefined} */
  #roots;
  /** @type {import('node:crypto').X509Certificate[] | undefined} */
  #clientChain;

  /**
   * @param {import('../native/binding').NativeFailure} native
   * @param {import('./connection_failure').Target} target
   * @param {import('./connection_failure').Background} [background]
   */
  constructor(native, target, { now = new Date(), shortLives = 0, unstored = 0, uponMessage = false } = {}) {
    this.native = native;
    this.target = target;
    this.now = now;
    this.shortLives = shortLives;
    this.unstored = unstored;
    this.uponMessage = uponMessage;
    this.host = target.host;
    /** The field of the connection string that names the host. */
    this.field = target.field ?? 'GatewayHostName';
    this.idiom = target.idiom ?? CLIENT;
    this.port = target.port;
    this.detail = native.detail;
    /** `gateway.local:8883` */
    this.at = placeOf(target);
    /** The same of the proxy; of the gateway where there is none. */
    this.proxyAt = placeOf(target.proxy ?? target);
    /** The proxy is given a user. */
    this.proxyUser = target.proxy?.authorization !== undefined;
    this.device = quote(target.clientId);
    /** How long the stage took until it failed. */
    this.after =
      native.elapsedMs < LONG_MS
        ? `${Math.round(native.elapsedMs)} ms`
        : `${Math.round(native.elapsedMs / 1000)} s`;
  }

  /** How the connection ended. */
  get how() {
    return this.native.kind === 'reset' ? 'reset' : 'closed';
  }

  /** What the gateway presented, leaf first; without what cannot be read. */
  get chain() {
    return (this.#chain ??= this.native.chain.flatMap(parse));
  }

  /**
   * The certificate of the gateway, if it can be read. The others are left alone: a hostile chain is long, and reading one
   * takes a tenth of a millisecond.
   */
  get leaf() {
    for (const der of this.#leaf ? [] : this.native.chain) {
      [this.#leaf] = parse(der);
      if (this.#leaf) break;
    }
    // A row that needs one names it as its certificate, and does not fit without.
    return /** @type {import('node:crypto').X509Certificate} */ (this.#leaf);
  }

  /** The last certificate of the path that begins with the leaf. */
  get top() {
    return topOf(this.chain);
  }

  /** The trusted certificate that decided, where one did. */
  get root() {
    return this.native.root && parse(this.native.root)[0];
  }

  /** The app named its roots; otherwise the system's store counts, or Node's own where that is empty. */
  get caIsGiven() {
    return isGiven(this.target.ca);
  }

  /** What was given to trust, besides the system's store. */
  get roots() {
    return (this.#roots ??= [...this.target.roots, ...(this.native.roots ?? [])].flatMap(parse));
  }

  /** Where roots that cannot be used were to come from. */
  get source() {
    const { file = '' } = this.native;
    return rootSource(this.native, originIn(file, this.target.ca) ?? 'NODE_EXTRA_CA_CERTS');
  }

  /** What the device proves itself by, its own first. */
  get clientChain() {
    return (this.#clientChain ??= (this.target.clientChain ?? []).flatMap(parse));
  }

  /** The clock of this device says a time that has long passed, as one without a battery does. */
  get clockIsUnset() {
    return this.now.getTime() < EARLIEST;
  }

  /** What the token says, if there is one that can be read. */
  get token() {
    return readToken(this.target.password);
  }

  /** The token has expired by the clock of this device. */
  get tokenIsExpired() {
    const expiry = this.token?.expiry;
    return expiry !== undefined && expiry <= this.now;
  }
}

/** @param {{ host: string, port: number }} place */
function placeOf({ host, port }) {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

module.exports = { Circumstances };
