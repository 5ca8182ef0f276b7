'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const edge = require('../..');
const { assertTold, connectionStringTo, faces, failureOf } = require('./telling');

/** Options that cannot be used: told before a socket is opened, for the address is nobody's. */

const NOWHERE = connectionStringTo('nowhere.invalid');

/** By name: options of `connect()`, code, and what the message names. */
const refused = {
  'an unknown option': [{ keepalive: 5 }, 'ERR_IOT_OPTION_UNKNOWN', ['"keepalive"'], /keepAlive/],
  'an unknown timeout': [{ timeouts: { tls: 1 } }, 'ERR_IOT_OPTION_UNKNOWN', ['"timeouts.tls"'], /tlsMs/],
  'a timeout of nothing': [{ timeouts: { tlsMs: 0 } }, 'ERR_IOT_OPTION', ['timeouts.tlsMs is 0']],
  'a timeout in words': [
    { timeouts: { connackMs: '5 s' } },
    'ERR_IOT_OPTION',
    ['timeouts.connackMs is "5 s"'],
  ],
  'a keep-alive too long': [{ keepAlive: 70_000 }, 'ERR_IOT_OPTION', ['keepAlive is 70000', '65535']],
  'a keep-alive in words': [{ keepAlive: '60' }, 'ERR_IOT_OPTION', ['keepAlive is "60"']],
  'another word for retry': [{ retry: 'always' }, 'ERR_IOT_OPTION', ['retry is "always"'], /forever/],
  'half a retry policy': [{ retry: { shouldRetry() {} } }, 'ERR_IOT_OPTION', ['retry is an object']],
  'another word for whenFull': [{ whenFull: 'drop' }, 'ERR_IOT_OPTION', ['whenFull is "drop"'], /refuse/],
  'a number as productInfo': [{ productInfo: 1 }, 'ERR_IOT_OPTION', ['productInfo is 1']],
  'no class as transport': [{ transport: 'mqtt' }, 'ERR_IOT_OPTION', ['transport is "mqtt"']],
  'a margin as long as the token': [
    { tokenRenewal: { tokenValidTimeInSeconds: 60, tokenRenewalMarginInSeconds: 60 } },
    'ERR_IOT_TOKEN_RENEWAL',
    ['60 s'],
    /less than/,
  ],
};

for (const [name, [options, code, names, hint]] of Object.entries(refused)) {
  test(`connect(): ${name}`, async () => {
    const error = await failureOf(
      faces.find((face) => face.name === 'connect()'),
      NOWHERE,
      options,
    );
    assertTold(error, { type: 'ArgumentError', code, names, ...(hint && { hint }) });
  });
}

for (const [given, options] of [
  ['nothing', undefined],
  ['null', null],
  ['a text', NOWHERE],
]) {
  test(`connect(): ${given} as options`, async () => {
    const error = await edge.connect(/** @type {any} */ (options)).then(assert.fail, (failure) => failure);
    assertTold(error, { type: 'ArgumentError', code: 'ERR_IOT_OPTION', names: ['options'] });
  });
}

test('connect(): what is not there yet says so', async () => {
  const module = await failureOf(faces[2], `${NOWHERE};ModuleId=m`);
  assertTold(module, { type: 'NotImplementedError', code: 'ERR_IOT_NOT_IMPLEMENTED', names: ['ModuleId=m'] });
});

/** What `Client.setOptions` refuses; names it does not know are ignored, as ever. */
const refusedByClient = {
  'a certificate beside a key': [{ cert: 'PEM', key: 'PEM' }, 'ERR_IOT_OPTION', ['cert']],
  'a keep-alive too long': [{ keepalive: 70_000 }, 'ERR_IOT_OPTION', ['keepalive is 70000', '65535']],
  'a negative keep-alive': [{ keepalive: -1 }, 'ERR_IOT_OPTION', ['keepalive is -1']],
  'a margin longer than the token': [
    { tokenRenewal: { tokenValidTimeInSeconds: 60, tokenRenewalMarginInSeconds: 61 } },
    'ERR_IOT_TOKEN_RENEWAL',
    ['61 s', '60 s'],
  ],
};

for (const face of faces.filter(({ name }) => name.startsWith('Client'))) {
  for (const [name, [options, code, names]] of Object.entries(refusedByClient)) {
    test(`${face.name}: ${name}`, async () => {
      const error = await failureOf(face, NOWHERE, options);
      assertTold(error, { type: 'ArgumentError', code, names });
    });
  }

  test(`${face.name}: a number as productInfo, as by the original`, async () => {
    const error = await failureOf(face, NOWHERE, { productInfo: 1 });
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /productInfo/);
  });

  test(`${face.name}: timeouts that are no numbers`, async () => {
    const error = await failureOf(face, NOWHERE, { timeouts: { tlsMs: '5 s' } });
    assertTold(error, { type: 'ArgumentError', code: 'ERR_IOT_OPTION', names: ['timeouts.tlsMs is "5 s"'] });
  });

  test(`${face.name}: options that were refused leave none behind`, async () => {
    const client = edge.Client.fromConnectionString(NOWHERE, edge.Mqtt);
    await assert.rejects(client.setOptions({ keepalive: 70_000, ca: [] }), { code: 'ERR_IOT_CA_EMPTY' });
    await client.setOptions({ keepalive: 60, timeouts: { connectMs: 5000 } });
    await assert.rejects(client.open(), edge.errors.NotConnectedError);
  });
}
