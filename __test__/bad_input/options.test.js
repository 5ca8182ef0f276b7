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
  'a timeout that would be none': [
    { timeouts: { connectMs: 0.5 } },
    'ERR_IOT_OPTION',
    ['timeouts.connectMs is 0.5', '1 to 4294967295'],
  ],
  'a timeout of more than 32 bits': [{ timeouts: { tlsMs: 2 ** 32 } }, 'ERR_IOT_OPTION', ['timeouts.tlsMs']],
  'a timeout without an end': [{ timeouts: { connackMs: Infinity } }, 'ERR_IOT_OPTION', ['is Infinity']],
  'a timeout in words': [
    { timeouts: { connackMs: '5 s' } },
    'ERR_IOT_OPTION',
    ['timeouts.connackMs is "5 s"'],
  ],
  'a keep-alive too long': [{ keepAlive: 70_000 }, 'ERR_IOT_OPTION', ['keepAlive is 70000', '65535']],
  ...Object.fromEntries(
    [0, 0.3, -1, NaN, Infinity, 65_535.5, null, true, 60n].map((keepAlive) => [
      `${keepAlive} as keep-alive`,
      [{ keepAlive }, 'ERR_IOT_OPTION', [`keepAlive is ${keepAlive}, not a number from 1 to 65535`]],
    ]),
  ),
  'a productInfo that does not fit': [
    { productInfo: 'x'.repeat(65_536) },
    'ERR_IOT_CONNECT_TOO_LONG',
    ['The option productInfo', '65536 bytes', '65535'],
  ],
  'a productInfo that is too long once encoded': [
    { productInfo: 'ü'.repeat(11_000) },
    'ERR_IOT_CONNECT_TOO_LONG',
    ['The option productInfo', '66000 bytes'],
  ],
  'a modelId that does not fit': [
    { modelId: 'ü'.repeat(33_000), productInfo: 'x' },
    'ERR_IOT_CONNECT_TOO_LONG',
    ['The option modelId', '66000 bytes'],
  ],
  'half a character as productInfo': [{ productInfo: 'a\ud800' }, 'ERR_IOT_OPTION', ['productInfo is']],
  'the character 0 in a modelId': [{ modelId: 'dtmi:\0' }, 'ERR_IOT_OPTION', ['modelId is']],
  'a keep-alive in words': [{ keepAlive: '60' }, 'ERR_IOT_OPTION', ['keepAlive is "60"']],
  'another word for retry': [{ retry: 'always' }, 'ERR_IOT_OPTION', ['retry is "always"'], /forever/],
  'the class of a retry policy': [
    { retry: edge.NoRetry },
    'ERR_IOT_OPTION',
    ['retry is the class NoRetry, not'],
  ],
  'a function as retry policy': [{ retry: () => true }, 'ERR_IOT_OPTION', ['retry is a function, not']],
  'a controller as productInfo': [
    { productInfo: new AbortController() },
    'ERR_IOT_OPTION',
    ['productInfo is an AbortController, not'],
  ],
  ...Object.fromEntries(
    ['cert', 'key', 'passphrase'].map((name) => [
      `${name} beside a SharedAccessKey`,
      [{ [name]: 'x' }, 'ERR_IOT_OPTION', [`option ${name} is given`, 'shared access key'], /x509=true/],
    ]),
  ),
  'half a retry policy': [{ retry: { shouldRetry() {} } }, 'ERR_IOT_OPTION', ['retry is an object']],
  'another word for whenFull': [{ whenFull: 'drop' }, 'ERR_IOT_OPTION', ['whenFull is "drop"'], /refuse/],
  'a number as productInfo': [{ productInfo: 1 }, 'ERR_IOT_OPTION', ['productInfo is 1']],
  'no class as transport': [{ transport: 'mqtt' }, 'ERR_IOT_OPTION', ['transport is "mqtt"']],
  ...Object.fromEntries(
    ['tokenValidTimeInSeconds', 'tokenRenewalMarginInSeconds'].flatMap((name) =>
      [NaN, -1, Infinity, '3600', 1e12].map((value) => [
        `${JSON.stringify(value) ?? value} as ${name} (${value})`,
        [
          {
            tokenRenewal: { tokenValidTimeInSeconds: 3600, tokenRenewalMarginInSeconds: 900, [name]: value },
          },
          'ERR_IOT_TOKEN_RENEWAL',
          [`${name} is `],
        ],
      ]),
    ),
  ),
  ...Object.fromEntries(
    [3599.999, 3599.5, 3599.001].map((tokenRenewalMarginInSeconds) => [
      `a token that would be renewed after ${3600 - tokenRenewalMarginInSeconds} s`,
      [
        { tokenRenewal: { tokenValidTimeInSeconds: 3600, tokenRenewalMarginInSeconds } },
        'ERR_IOT_TOKEN_RENEWAL',
        [`${tokenRenewalMarginInSeconds} s`, '3600 s'],
        /less than tokenValidTimeInSeconds by 1 s/,
      ],
    ]),
  ),
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

test('connect(): the environment of a module has the connection string of a device', async () => {
  const environment = { EdgeHubConnectionString: NOWHERE };
  const error = await edge.connect({ environment }).then(assert.fail, (failure) => failure);
  assertTold(error, {
    type: 'ReferenceError',
    code: 'ERR_IOT_ENVIRONMENT',
    names: ['no ModuleId'],
    hint: /EdgeHubConnectionString.*connect\(\{ connectionString \}\)/,
  });
});

test('a token that does not fit is told when it would be sent', async () => {
  const token = `SharedAccessSignature sr=hub.example%2Fdevices%2Fd1&sig=${'s'.repeat(70_000)}&se=2000000000`;
  const client = edge.Client.fromSharedAccessSignature(token, edge.Mqtt);
  client.setRetryPolicy(new edge.NoRetry());
  const error = await client.open().then(assert.fail, (failure) => failure);
  const names = ['The token of the device', 'at most 65535'];
  assertTold(error, { type: 'ArgumentError', code: 'ERR_IOT_CONNECT_TOO_LONG', names });
});

test('connect(): a module with a certificate is told what it needs', async () => {
  const withoutKey = NOWHERE.replace(/SharedAccessKey=[^;]+/, 'x509=true');
  const module = await failureOf(faces[2], `${withoutKey};ModuleId=m`);
  assertTold(module, {
    type: 'NotImplementedError',
    code: 'ERR_IOT_MODULE_CREDENTIAL',
    names: ['module', 'SharedAccessKey'],
  });
});

/** What `Client.setOptions` refuses; names it does not know are ignored, as ever. */
const refusedByClient = {
  'a certificate beside a key': [{ cert: 'PEM', key: 'PEM' }, 'ERR_IOT_OPTION', ['cert']],
  'a keep-alive too long': [{ keepalive: 70_000 }, 'ERR_IOT_OPTION', ['keepalive is 70000', '65535']],
  'a negative keep-alive': [{ keepalive: -1 }, 'ERR_IOT_OPTION', ['keepalive is -1']],
  ...Object.fromEntries(
    [0.3, NaN, Infinity, -Infinity, 65_535.5, '60', true, 60n].map((keepalive) => [
      `${keepalive} as keep-alive (${typeof keepalive})`,
      [{ keepalive }, 'ERR_IOT_OPTION', ['keepalive is', 'not a number from 1 to 65535']],
    ]),
  ),
  'a productInfo that does not fit': [
    { productInfo: 'x'.repeat(70_000) },
    'ERR_IOT_CONNECT_TOO_LONG',
    ['The option productInfo', '70000 bytes'],
  ],
  'a modelId that does not fit': [
    { modelId: 'm'.repeat(70_000) },
    'ERR_IOT_CONNECT_TOO_LONG',
    ['The option modelId', '70000 bytes'],
  ],
  ...Object.fromEntries(
    ['Refuse', 'drop', '', 5, true, null].map((whenFull) => [
      `${JSON.stringify(whenFull)} as whenFull`,
      [{ whenFull }, 'ERR_IOT_OPTION', ['whenFull is', "'wait' or 'refuse'"]],
    ]),
  ),
  ...Object.fromEntries(
    ['http', 'mqtt'].flatMap((name) =>
      [5, 'x', true, []].map((value) => [
        `${JSON.stringify(value)} as ${name}`,
        [{ [name]: value }, 'ERR_IOT_OPTION', [`${name} is `, 'not an object']],
      ]),
    ),
  ),
  'a number as proxy': [{ proxy: 5 }, 'ERR_IOT_PROXY_AGENT', ['The option proxy is 5']],
  'a number as modelId': [{ modelId: 5 }, 'ERR_IOT_OPTION', ['modelId is 5']],
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

  test(`${face.name}: what is no text as productInfo, a TypeError as by the original`, async () => {
    for (const [productInfo, names] of [
      [1, 'is 1, '],
      [{}, 'is an object, '],
      [true, 'is true, '],
    ]) {
      const error = await failureOf(face, NOWHERE, { productInfo });
      assertTold(error, { type: 'TypeError', code: 'ERR_IOT_OPTION', names: ['productInfo', names] });
    }
  });

  test(`${face.name}: what is falsy is no keep-alive, as by the original`, async () => {
    for (const keepalive of [0, null, '', false]) {
      const client = edge.Client.fromConnectionString(NOWHERE, edge.Mqtt);
      await client.setOptions({ keepalive });
    }
  });

  test(`${face.name}: a user name that does not fit once hub and device are in it`, async () => {
    for (const [name, options, host] of [
      ['productInfo', { productInfo: 'x'.repeat(65_500) }, 'hub.example'],
      ['HostName', {}, 'h'.repeat(70_000)],
    ]) {
      const error = await failureOf(face, connectionStringTo('nowhere.invalid', { HostName: host }), options);
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_CONNECT_TOO_LONG',
        names: ['The MQTT user name', 'at most 65535'],
        hint: new RegExp(name),
      });
    }
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

test('Client: options that are no object, by promise, by callback and of the transport', async () => {
  for (const [options, names] of [
    [5, 'the number 5'],
    [NOWHERE, 'a string'],
    [true, 'a boolean'],
    [[{ keepalive: 60 }], 'an Array'],
    [() => {}, 'a function'],
  ]) {
    const client = edge.Client.fromConnectionString(NOWHERE, edge.Mqtt);
    const expected = { type: 'ArgumentError', code: 'ERR_IOT_OPTION', names: ['options', names] };
    assertTold(await client.setOptions(options).then(assert.fail, (failure) => failure), expected);
    for (const refusing of [client, client._transport]) {
      assert.throws(
        () => refusing.setOptions(options, assert.fail),
        (error) => {
          assertTold(error, expected);
          return true;
        },
      );
    }
  }
});

test('Client: options of the original that mean nothing here are taken, and groups that are falsy', async () => {
  const client = edge.Client.fromConnectionString(NOWHERE, edge.Mqtt);
  for (const options of [
    {},
    { mqtt: null, http: undefined, modelId: '', productInfo: null },
    { mqtt: { forceDisconnect: true, webSocketAgent: {} }, http: { receivePolicy: { interval: 1 } } },
    { amqp: { webSocketAgent: {} }, clientCertEngine: 'x', kepalive: 5, whenFull: undefined },
    Object.assign(Object.create(null), { keepalive: 60 }),
  ])
    assert.equal(await client.setOptions(options), undefined);
});
