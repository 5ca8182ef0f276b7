// @ts-check
'use strict';

const { difference } = require('./patch');
const { Twin, documentOf } = require('./twin');
const { parsePatch } = require('./validation');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 * @typedef {import('../index').Twin} TwinDocument
 * @typedef {import('../session/client').Client} Client
 */

const DESIRED_TOPIC = '$iothub/twin/PATCH/properties/desired/?$version=';

/** All twins, by identity: the hub's, and the gateway's copies (contract edge-gateway.md §4.1–§4.3). */
class Twins {
  #link;
  #clientOf;
  #emit;
  /** @type {Map<string, Twin>} by client id, `d` or `d/m` */
  #twins = new Map();

  /**
   * @param {object} surroundings
   * @param {import('../cloud/link').Link} surroundings.link
   * @param {(id: string) => Client | undefined} surroundings.clientOf the connected client that is served
   * @param {(event: string, detail: object) => void} surroundings.emit
   */
  constructor({ link, clientOf, emit }) {
    this.#link = link;
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
    if (ask) twin.pull();
    const source = ask ? 'hub' : twin.isCached ? 'cache' : 'nothing';
    return { twin: twin.toDocument(), source };
  }

  /**
   * @param {string} id
   * @param {TwinProperties} patch
   * @returns {number} the version of the hub's reported properties with it
   * @throws {import('./validation').InvalidPatchError}
   */
  report(id, patch) {
    return this.#of(id).report(patch, this.#link.online);
  }

  /**
   * Changes the hub's desired properties. A subscriber gets the patch; one whose cached twin is older than that gets
   * the difference. Nothing is kept for an absent one.
   * @param {string} id
   * @param {TwinProperties} change
   * @param {number} [version] default the next
   * @returns {number} version
   */
  patchDesired(id, change, version) {
    const patch = parsePatch(JSON.stringify(change));
    const twin = this.#of(id);
    const next = twin.change(patch, version, this.#link.online);
    if (!this.#link.online) return next;
    const subscriber = this.#subscriber(id);
    if (!subscriber) {
      const reason = this.#clientOf(id) ? 'no subscription' : 'not connected';
      this.#emit('undelivered', { clientId: id, topic: `${DESIRED_TOPIC}${next}`, reason });
      return next;
    }
    const { known } = twin;
    const follows = known?.version === undefined || known.version + 1 === next;
    const sent = follows ? patch : difference(known.properties, twin.hub.desired.properties);
    twin.pull();
    this.#send(id, subscriber, sent, next);
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

  #reconnected() {
    for (const [id, twin] of this.#twins) {
      twin.upload();
      const { known } = twin;
      const { desired } = twin.hub;
      const subscriber = this.#subscriber(id);
      if (subscriber && known?.version !== undefined && known.version < desired.version) {
        twin.pull();
        this.#send(id, subscriber, difference(known.properties, desired.properties), desired.version);
      }
      twin.settle();
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

module.exports = { Twins };
