'use strict';

const {
  SharedAccessKeyAuthenticationProvider,
} = require('../../lib/authentication/providers/shared_access_key');
const { Client } = require('../../lib/client/client');
const { ModuleClient } = require('../../lib/client/module_client');
const { ExponentialBackOffWithJitter, NoRetry } = require('../../lib/connection/retry_policy');
const { Message } = require('../../lib/message/message');
const { Mqtt } = require('../../lib/mqtt/mqtt');
const { ClientChecks } = require('./client_checks');

const CREDENTIALS = {
  host: 'hub.example',
  gatewayHostName: 'gateway.example',
  deviceId: 'd1',
  sharedAccessKey: 'c2VjcmV0',
};
/** Seconds. */
const VALID_S = 120;
const MARGIN_S = 60;

/** By what each kind of identity goes. */
const KINDS = {
  device: {
    ClientClass: Client,
    credentials: CREDENTIALS,
    event: 'message',
    handle: 'onDeviceMethod',
    drop: 'offDeviceMethod',
    send: (client, message, callback) => client.sendEvent(message, callback),
  },
  module: {
    ClientClass: ModuleClient,
    credentials: { ...CREDENTIALS, moduleId: 'm1' },
    event: 'inputMessage',
    handle: 'onMethod',
    drop: 'offMethod',
    send: (client, message, callback) => client.sendOutputEvent('out', message, callback),
  },
};

/** Signs late, or not at all, now and then. */
class MoodyProvider extends SharedAccessKeyAuthenticationProvider {
  /** So many tokens were not made. */
  failures = 0;
  #world;

  constructor(world, credentials) {
    super(credentials, VALID_S, MARGIN_S);
    this.#world = world;
    this.on('error', () => {});
  }

  /** When the last attempt to connect began. Milliseconds. */
  asked = -1;

  getDeviceCredentials(callback) {
    this.asked = this.#world.clock.now;
    return super.getDeviceCredentials(callback);
  }

  _sign(resource, expiry, callback) {
    const { random } = this.#world;
    if (random.chance(0.7)) return super._sign(resource, expiry, callback);
    if (random.chance(0.1)) {
      this.failures += 1;
      if (random.chance(0.1)) return undefined; // never calls back
      setTimeout(() => callback(new Error('the signer is away')), random.time(3000));
    } else setTimeout(() => super._sign(resource, expiry, callback), random.time(3000));
  }
}

const POLICIES = {
  'the default policy': () => new ExponentialBackOffWithJitter(),
  'no retry': () => new NoRetry(),
  'a quick policy': () => ({ shouldRetry: () => true, nextRetryTimeout: () => 10 }),
  'a policy of three retries': () => ({
    shouldRetry: () => true,
    nextRetryTimeout: (count) => (count > 3 ? -1 : 50),
  }),
  'a policy that throws': () => ({
    shouldRetry() {
      throw new Error('no policy');
    },
    nextRetryTimeout: () => 0,
  }),
  'a policy that closes the client': (app) => ({
    shouldRetry() {
      app.close();
      return true;
    },
    nextRetryTimeout: () => 10,
  }),
  'a policy that closes the client, and opens it again': (app) => ({
    shouldRetry() {
      app.close();
      app.open();
      return true;
    },
    nextRetryTimeout: () => 10,
  }),
};

/** A Client of the facade, or a ModuleClient, and what an app does with it. */
class ClientApp {
  #world;
  #calls;
  #kind;
  #client;
  #provider;
  #checks;
  #listener = () => {};
  /** Once it was fetched. */
  #twin;
  #reports = 0;

  /** @param {any} world @param {any} calls @param {keyof typeof KINDS} kind */
  constructor(world, calls, kind) {
    this.#world = world;
    this.#calls = calls;
    this.#kind = KINDS[kind];
    this.#provider = new MoodyProvider(world, this.#kind.credentials);
    this.#client = new this.#kind.ClientClass(new Mqtt(this.#provider));
    this.#client.on('error', () => {});
    this.#client._transport.on('error', () => {});
    this.#checks = new ClientChecks(world, calls, this.#client);
    const { callback } = calls.begin('options');
    this.#client.setOptions({ ca: ROOT }, callback);
  }

  /** What it may do next, by name. */
  get steps() {
    const { random } = this.#world;
    return {
      open: () => this.open(),
      close: () => this.close(),
      'close and open': () => {
        this.close();
        this.open();
      },
      'open in the callback of close': () => this.close(() => this.open()),
      send: () => this.send(),
      'ten sends': () => {
        for (let i = 0; i < 10; i += 1) this.send();
      },
      'a send that repeats itself once when it fails': () => this.send(() => this.send()),
      'a send of what has no bytes': () => this.send(() => {}, { reading: 21 }),
      'options that cannot be used': () => this.#refuseOptions(),
      listen: () => this.#client.on(this.#kind.event, this.#listener),
      'listen no more': () => this.#client.off(this.#kind.event, this.#listener),
      'another policy': () => {
        const name = random.of(Object.keys(POLICIES));
        this.#client.setRetryPolicy(POLICIES[name](this));
      },
      'the twin': () => this.#getTwin(),
      'a report': () => this.#report(),
      'ten reports': () => {
        for (let i = 0; i < 10; i += 1) this.#report();
      },
      'a handler of a method': () => this.#handle(),
      'no handler any more': () => this.#client[this.#kind.drop]('m'),
      'a new token': () => this.#provider.setTokenRenewalValues(VALID_S, MARGIN_S),
    };
  }

  open() {
    const { callback } = this.#calls.begin('open', (error, call) => {
      this.#checks.opened(error);
      const own = this.#provider.asked >= call.at;
      if (error && error.code !== 'ERR_IOT_OPEN_CANCELLED' && !own)
        this.#calls.faults.push(`${this.#calls.name(call)} failed without an attempt of its own`);
    });
    this.#checks.opening();
    this.#client.open(callback);
  }

  close(then = () => {}) {
    const { callback, call } = this.#calls.begin('close', () => {
      this.#checks.closed(call);
      then();
    });
    this.#checks.closing(call);
    this.#client.close(callback);
  }

  send(failed = () => {}, body = 'x') {
    const { number, callback } = this.#calls.send((error) => this.#checks.sent(error));
    const message = new Message(body);
    message.properties.add('n', String(number));
    this.#kind.send(this.#client, message, (error, result) => {
      callback(error, result);
      if (error) failed();
    });
  }

  #getTwin() {
    const { callback } = this.#calls.begin('get the twin');
    this.#client.getTwin((error, twin) => {
      this.#twin = twin ?? this.#twin;
      callback(error, twin);
    });
  }

  #report() {
    if (!this.#twin) return;
    const n = (this.#reports += 1);
    const { callback } = this.#calls.begin(`report ${n}`);
    this.#twin.properties.reported.update({ n }, callback);
  }

  #handle() {
    this.#client[this.#kind.drop]('m');
    const { random, gateway } = this.#world;
    this.#client[this.#kind.handle]('m', ({ requestId }, response) => {
      gateway.cloud.ran(requestId);
      const answer = () => response.send(200, null, () => {});
      if (random.chance(0.5)) answer();
      else setTimeout(answer, random.time(40_000)).unref();
    });
  }

  /** Once things are quiet the twin that the app sees is the gateway's. */
  checkTwin() {
    const { gateway } = this.#world;
    if (!this.#twin || gateway.connections.size === 0) return;
    const seen = JSON.stringify(sorted(this.#twin.properties.desired));
    const there = JSON.stringify(sorted(gateway.cloud.desired));
    if (seen !== there) this.#calls.faults.push(`the twin is ${seen}, and the gateway's is ${there}`);
  }

  /** They are thrown at the place of the mistake, and leave what stands as it is. */
  #refuseOptions() {
    const told = () => this.#calls.faults.push('options that cannot be used were told by callback');
    try {
      this.#client.setOptions({ ca: ROOT, keepalive: -1 }, told);
      this.#calls.faults.push('options that cannot be used were taken');
    } catch (error) {
      if (error.code !== 'ERR_IOT_OPTION') throw error;
    }
  }

  /** Nothing goes wrong any more because of the app itself. */
  calm() {
    this.#client.setRetryPolicy(POLICIES['a quick policy']());
    this.#client.removeAllListeners(this.#kind.event);
  }

  /** So often a token may have run out without a fault of the client. */
  get excuses() {
    return this.#provider.failures;
  }
}

function sorted(properties) {
  return Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Any root will do: nobody shakes hands here. */
const ROOT = require('node:tls').rootCertificates[0];

module.exports = { ClientApp };
