// @ts-check
'use strict';

const { Twin, documentOf } = require('./twin');
const { InvalidPatchError, parsePatch } = require('./validation');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 * @typedef {import('../index').Twin} TwinDocument
 * @typedef {import('../session/client').Client} Client
 */

const DESIRED_TOPIC = '$iothub/twin/PATCH/properties/desired/?$version=';

/** All twins, by identity: the hub's, and the gateway's copies. */
class Twins {
  #link;
  #syncPeriodMs;
  #clientOf;
  #emit;
  /** @type {Map<string, Twin>} by client id, `d` or `d/m` */
  #twins = new Map();

  /**
   * @param {object} surroundings
   * @param {import('../cloud/link').Link} surroundings.link
   * @param {number} surroundings.syncPeriodMs a twin that was fetched so recently is not when the cloud comes back
   * @param {(id: string) => Client | undefined} surroundings.clientOf the connected client that is served
   * @param {(event: string, detail: object) => void} surroundings.emit
   */
  constructor({ link, syncPeriodMs, clientOf, emit }) {
    this.#link = link;
    this.#syncPeriodMs = syncPeriodMs;
    this.#clientOf = clientOf;
    this.#emit = emit;
    link.on('change', (online) => online && this.#reconnected());
  }

  /**
   * What the gateway answers to a GET: the hub's twin if it can be asked, else the cached one, else an empty one
   * without versions.
   * @param {string} id
   * @param {boolean} ask whether the hub can be asked
   * @returns {{ twin: TwinDocument, source: 'hub' | 'cache' | 'nothing' }}
   */
  read(id, ask) {
    const twin = this.#of(id);
    if (ask) twin.fetch();
    const source = ask ? 'hub' : twin.isCached ? 'cache' : 'nothing';
    return { twin: twin.toDocument(), source };
  }

  /**
   * @param {string} id
   * @param {TwinProperties} patch
   * @param {{ strict: boolean }} options strict: refused if the hub refuses it; edgeHub has answered before it knows
   * @returns {number | undefined} the version of the hub's reported properties with it, undefined: the hub refused it
   * @throws {InvalidPatchError}
   */
  report(id, patch, { strict }) {
    const twin = this.#of(id);
    const refusal = strict ? twin.refusalOf(patch) : undefined;
    if (refusal !== undefined) throw new InvalidPatchError(400, refusal);
    twin.report(patch);
    if (!this.#link.online) return twin.hub.reported.version + 1;
    return this.#upload(id, twin) ? twin.hub.reported.version : undefined;
  }

  /**
   * @param {string} id
   * @param {Twin} twin
   * @returns {boolean} whether the hub took it
   */
  #upload(id, twin) {
    const reason = twin.upload();
    if (reason !== undefined) this.#emit('reportRefused', { id, reason });
    return reason === undefined;
  }

  /**
   * Changes the hub's desired properties. A subscriber hears of it; nothing is kept for an absent one.
   * @param {string} id
   * @param {TwinProperties} change
   * @param {number} [version] default the next
   * @returns {number} version
   */
  patchDesired(id, change, version) {
    const patch = parsePatch(JSON.stringify(change, finite));
    const twin = this.#of(id);
    const next = twin.change(patch, version);
    if (!this.#link.online) return next;
    const subscriber = this.#subscriber(id);
    if (subscriber) this.#send(id, subscriber, twin.hear(patch), next);
    else {
      const reason = this.#clientOf(id) ? 'no subscription' : 'not connected';
      this.#emit('undelivered', { clientId: id, topic: `${DESIRED_TOPIC}${next}`, reason });
    }
    return next;
  }

  /**
   * @param {string} id
   * @returns {TwinDocument} the hub's, a copy
   */
  ofHub(id) {
    return structuredClone(documentOf(this.#of(id).hub));
  }

  /** The gateway's store is gone: cached twins, and what the hub has not yet been told. */
  forget() {
    this.#twins.forEach((twin) => twin.forget());
  }

  /**
   * Connected clients are told what they missed, unless their twin was fetched a moment ago: then nothing repeats it
   * until the next change.
   */
  #reconnected() {
    for (const [id, twin] of this.#twins) {
      this.#upload(id, twin);
      if (!this.#clientOf(id) || !twin.isCached || twin.age < this.#syncPeriodMs) continue;
      const news = twin.fetch();
      const subscriber = this.#subscriber(id);
      if (news && subscriber) this.#send(id, subscriber, news, twin.hub.desired.version);
    }
  }

  /**
   * @param {string} id
   * @returns {Client | undefined}
   */
  #subscriber(id) {
    const client = this.#clientOf(id);
    return client?.subscriptions.has('desired') ? client : undefined;
  }

  /**
   * @param {string} id
   * @param {Client} client
   * @param {TwinProperties} properties
   * @param {number} version
   */
  #send(id, client, properties, version) {
    const patch = { ...properties, $version: version };
    const sent = client.deliver(`${DESIRED_TOPIC}${version}`, Buffer.from(JSON.stringify(patch)));
    if (sent) this.#emit('desired', { id, version, patch });
  }

  /**
   * @param {string} id
   * @returns {Twin}
   */
  #of(id) {
    const twin = this.#twins.get(id) ?? new Twin();
    this.#twins.set(id, twin);
    return twin;
  }
}

/**
 * JSON would have null for it, which deletes.
 * @param {string} name
 * @param {unknown} value
 * @throws {TypeError} a number that JSON has not
 */
function finite(name, value) {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new TypeError(`patchDesired: property '${name}' cannot be ${value}`);
}

module.exports = { Twins };
