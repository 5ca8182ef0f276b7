'use strict';

// Reports whose JSON is no object: told at once, to the app that made them and nobody else.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client, Mqtt } = require('../..');
const { clientOf, deviceOf, startCloud } = require('./cloud_setting');
const { soon } = require('./client');

/** By name: what is no object, or becomes none in JSON. */
const PATCHES = {
  'a Date': new Date(0),
  'a URL': new URL('https://example.org'),
  'a boxed number': Object(5),
  'a boxed text': Object('{"a":1}'),
  'what makes an array of itself': { toJSON: () => [1] },
  'what makes a text of itself': { toJSON: () => 'text' },
  'what makes null of itself': { toJSON: () => null },
  'what makes nothing of itself': { toJSON: () => undefined },
  'an array': [1],
  'a number': 5,
  null: null,
  nothing: undefined,
};

/** @param {any} error */
function assertRefused(error, codes) {
  assert.equal(error.name, 'ArgumentError');
  assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  assert.match(error.message, /^\S[^\r\n]{5,200}$/);
  assert.match(error.hint, /\w/);
}

test('twin.report of connect()', async (t) => {
  const gateway = await startCloud(t);
  const twin = await (await deviceOf(t, gateway)).twin();
  const refused = [];
  for (const patch of [...Object.values(PATCHES), 'text', '{"a":1}'])
    refused.push(twin.report(patch).then(assert.fail, (error) => error));
  await soon('what is behind them was taken', twin.report({ fine: 1, at: new Date(0) }));
  for (const error of await Promise.all(refused)) assertRefused(error, ['ERR_IOT_OPTION', 'ERR_IOT_BODY']);
  assert.equal(twin.reported.fine, 1);
});

test('reported.update of a Client, by callback and by promise', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const { reported } = (await client.getTwin()).properties;
  for (const patch of [...Object.values(PATCHES), 'text', '{"a":1}']) {
    const error = await reported.update(patch).then(assert.fail, (failure) => failure);
    assertRefused(error, ['ERR_IOT_TWIN_PATCH']);
    assert.equal(error.delivery, 'not sent');
    assert.throws(() => reported.update(patch, assert.fail), { code: 'ERR_IOT_TWIN_PATCH' });
  }
  await soon('what is behind them was taken', reported.update({ fine: 1 }));
  assert.equal(reported.fine, 1);
});

test('a toJSON that throws anything is told', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const { reported } = (await client.getTwin()).properties;
  for (const [thrown, names] of [
    [new Error('not now'), /not now/],
    [5, /5/],
    ['in words', /in words/],
    [undefined, /undefined/],
  ]) {
    const patch = {
      toJSON() {
        throw thrown;
      },
    };
    await assert.rejects(reported.update(patch), { code: 'ERR_IOT_TWIN_PATCH', message: names });
  }
});

for (const [name, patch] of [
  ...Object.entries(PATCHES),
  ['a text', 'text'],
  ['JSON of a text', '"{}"'],
  ['JSON of an array', ' [{}]'],
]) {
  test(`the transport refuses ${name}, as a client of another package would hand it over`, () => {
    const { _transport: transport } = Client.fromConnectionString(
      'HostName=nowhere.invalid;DeviceId=d;SharedAccessKey=c2VjcmV0',
      Mqtt,
    );
    assert.throws(() => transport.updateTwinReportedProperties(patch, assert.fail), {
      name: 'ArgumentError',
      code: 'ERR_IOT_TWIN_PATCH',
    });
  });
}
