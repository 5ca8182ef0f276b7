'use strict';

const { after, before, describe } = require('node:test');
const { createChain } = require('../../gateway');
const { keyConnectionString, tokenConnectionString } = require('./identity');
const { LocalGateway, LocalGatewayWs } = require('./local_gateway');
const { Mosquitto } = require('./mosquitto');

/**
 * The two brokers behind one seam. Both are a `Record` of what they saw, with `start(chain)`, `stop()`,
 * `restart({ sessions, refuse, chain })`, `sendC2D(deviceId, body, options)`, `port`, `relay` and `chain`.
 *
 * @typedef {object} BrokerOptions
 * @property {'TLSv1.2' | 'TLSv1.3'} [tlsVersion] The only one spoken.
 * @property {boolean} [denySubscriptions] Mosquitto: to all devices.
 * @property {string[]} [tokens] Mosquitto: the only devices let in, by their token (the local gateway checks always).
 * @property {import('../../gateway').Limits} [limits] Of the local gateway.
 */

let common;

/** The chain all brokers of a test file present, for every name of this machine. */
function chainOfAll() {
  common ??= createChain({ host: ['localhost', '127.0.0.1', '::1'], caKey: 'P-256', serverKey: 'P-256' });
  return common;
}

/**
 * Runs the tests that `define` names against the local gateway, by both its doors, and against Mosquitto, each started
 * once.
 *
 * @param {(broker: any) => void} define
 * @param {BrokerOptions} [options]
 */
function onEachBroker(define, options) {
  onEach([LocalGateway, LocalGatewayWs, Mosquitto], define, options);
}

/** Runs tests that need a fault no real broker commits. */
function onLocalGateway(define, options) {
  onEach([LocalGateway, LocalGatewayWs], define, options);
}

/**
 * @param {(new (options: any) => any)[]} brokers
 * @param {(broker: any) => void} define
 * @param {BrokerOptions} [options]
 */
function onEach(brokers, define, options) {
  for (const Broker of brokers) {
    describe(`on ${Broker.label}`, () => {
      const broker = new Broker(options);
      before(async () => broker.start(await chainOfAll()));
      after(() => broker.stop());
      define(broker);
    });
  }
}

let devices = 0;

/**
 * A device of its own for a test, known to the broker.
 *
 * @param {any} broker
 * @param {{ host?: string, port?: number }} [endpoint] Default: by way of the relay.
 */
function newDevice(broker, { host = 'localhost', port = broker.relay.port } = {}) {
  devices += 1;
  return namedDevice(broker, `dev${devices}`, { host, port });
}

function namedDevice(broker, id, { host = 'localhost', port = broker.relay.port } = {}) {
  broker.register(id);
  const of = (/** @type {{ clientId: string }[]} */ list) => list.filter(({ clientId }) => clientId === id);
  return {
    id,
    connectionString: keyConnectionString(id, `${host}:${port}`),
    tokenConnectionString: tokenConnectionString(id, `${host}:${port}`),
    /** What the broker saw of this device. */
    get publishes() {
      return of(broker.publishes);
    },
    get messages() {
      return broker.messages.filter(({ topic }) => topic.startsWith(`devices/${id}/`));
    },
    get connects() {
      return of(broker.connects);
    },
    get disconnects() {
      return of(broker.disconnects);
    },
    get subscribes() {
      return of(broker.subscribes);
    },
    get unsubscribes() {
      return of(broker.unsubscribes);
    },
    get pings() {
      return of(broker.pings);
    },
    /** C2D sent to it, and acknowledged by it. */
    get sent() {
      return of(broker.sent);
    },
    get acknowledged() {
      return of(broker.acknowledged);
    },
  };
}

module.exports = { chainOfAll, namedDevice, newDevice, onEachBroker, onLocalGateway };
