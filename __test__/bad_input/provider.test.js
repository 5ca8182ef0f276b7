'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client, Mqtt, SharedAccessKeyAuthenticationProvider, SharedAccessSignature } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { AuthenticationType } = require('../../lib/authentication/type');
const { HUB, KEY, SMALL, assertTold, failureOf } = require('./telling');

/** What a provider of an app calls back with where credentials belong. */
const NONE = { nothing: undefined, null: null, 'the id alone': 'd1', 'a number': 5, false: false };

for (const [name, credentials] of Object.entries(NONE)) {
  test(`a provider that calls back with ${name} is told to give credentials`, async () => {
    const face = {
      name: 'Client.fromAuthenticationProvider',
      async open() {
        const provider = {
          type: AuthenticationType.Token,
          getDeviceCredentials: (callback) => setImmediate(callback, null, credentials),
          on() {},
          stop() {},
        };
        const client = Client.fromAuthenticationProvider(/** @type {any} */ (provider), Mqtt);
        await client.open();
        return () => client.close();
      },
    };
    assertTold(await failureOf(face, ''), {
      type: 'ArgumentError',
      code: 'ERR_IOT_PROVIDER',
      names: ['provider', 'no credentials, but '],
      hint: /getDeviceCredentials calls back \(null, \{/,
    });
  });
}

const IDS = { host: HUB, deviceId: 'd1', gatewayHostName: 'nowhere.invalid' };

/** By name: a provider of tokens that gives none. */
const TOKENLESS = {
  'a provider': () => ({
    type: AuthenticationType.Token,
    getDeviceCredentials: (callback) => callback(null, IDS),
    on() {},
    stop() {},
  }),
  'a provider whose _sign calls back with nothing': () => {
    class Silent extends SharedAccessKeyAuthenticationProvider {
      _sign(resource, expiry, callback) {
        callback(null);
      }
    }
    return new Silent(IDS);
  },
};

for (const [name, make] of Object.entries(TOKENLESS)) {
  for (const [what, ask] of Object.entries({
    'a connection': (client) => client.open(),
    'an upload': (client) => client.getBlobSharedAccessSignature('x'),
  })) {
    test(`${name} of tokens that gives none is told so, for ${what}`, async () => {
      const client = Client.fromAuthenticationProvider(/** @type {any} */ (make()), Mqtt);
      const error = await ask(client).then(assert.fail, (failure) => failure);
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_PROVIDER',
        names: ['without a sharedAccessSignature'],
        hint: /_sign/,
      });
      await client.close();
    });
  }
}

test('a _sign that is an async function fails by its exception', async () => {
  class Remote extends SharedAccessKeyAuthenticationProvider {
    async _sign() {
      throw new Error('the HSM is away');
    }
  }
  const provider = new Remote(IDS);
  await assert.rejects(provider.getDeviceCredentials(), { message: 'the HSM is away' });
});

/** By name: how credentials may be given. */
const WAYS = {
  'a promise alone': async (credentials) => credentials,
  'a callback by an async function': async (credentials, callback) => {
    setImmediate(callback, null, credentials);
  },
  'both at once': (credentials, callback) => {
    callback(null, credentials);
    return Promise.resolve(credentials);
  },
};

for (const [name, give] of Object.entries(WAYS)) {
  test(`credentials come by ${name}`, async (t) => {
    const gateway = await startGateway({
      chain: await createChain(SMALL),
      devices: [{ deviceId: 'd1', primaryKey: KEY }],
    });
    t.after(() => gateway.close());
    const sharedAccessSignature = SharedAccessSignature.create(HUB, 'd1', KEY, 4_000_000_000).toString();
    const credentials = { ...IDS, gatewayHostName: `localhost:${gateway.port}`, sharedAccessSignature };
    const provider = {
      type: AuthenticationType.Token,
      getDeviceCredentials: (callback) => give(credentials, callback),
      on() {},
      stop() {},
    };
    const client = Client.fromAuthenticationProvider(/** @type {any} */ (provider), Mqtt);
    t.after(() => client.close());
    await client.setOptions({ ca: gateway.rootPem });
    await client.open();
    await client.sendEvent('x');
    assert.equal(gateway.counts.connections, 1);
  });
}

test('a promise of credentials that is broken is the error', async () => {
  const provider = {
    type: AuthenticationType.Token,
    getDeviceCredentials: () => Promise.reject(new Error('the vault is locked')),
    on() {},
    stop() {},
  };
  const client = Client.fromAuthenticationProvider(/** @type {any} */ (provider), Mqtt);
  await assert.rejects(client.open(), { message: 'the vault is locked' });
});
