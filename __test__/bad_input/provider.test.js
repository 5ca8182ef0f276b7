'use strict';

const { test } = require('node:test');
const { Client, Mqtt } = require('../..');
const { AuthenticationType } = require('../../lib/authentication/type');
const { assertTold, failureOf } = require('./telling');

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
