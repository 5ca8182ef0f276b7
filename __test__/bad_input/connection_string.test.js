'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client, Mqtt, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo, faces, failureOf } = require('./telling');

/** What is at fault in the text itself: no socket is opened for it. */
const strictly = faces.filter(({ name }) => name === 'connect()');

for (const face of faces) {
  for (const field of ['HostName', 'DeviceId']) {
    test(`${face.name}: ${field} is missing`, async () => {
      const error = await failureOf(face, connectionStringTo('localhost', { [field]: undefined }));
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_CONNECTION_STRING_FIELD_MISSING',
        names: [field],
      });
    });
  }

  test(`${face.name}: no credential`, async () => {
    const error = await failureOf(face, connectionStringTo('localhost', { SharedAccessKey: undefined }));
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_NO_CREDENTIAL',
      names: ['SharedAccessKey'],
    });
  });

  const damaged = {
    'a sign outside the alphabet': ['c2VjcmV0IHRoYXQgbXVzdA!!bm90IHNob3c=', 'outside the base64 alphabet'],
    'quotes around it': [`"${KEY}"`, 'outside the base64 alphabet'],
    'one digit cut off': ['c2VjcmV0IHRoYXQgbXVzdGJub3Qgc', '29 base64 digits'],
  };
  for (const [fault, [key, named]] of Object.entries(damaged)) {
    test(`${face.name}: the key is not base64, ${fault}`, async () => {
      const error = await failureOf(face, connectionStringTo('localhost', { SharedAccessKey: key }));
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_KEY_NOT_BASE64',
        names: ['SharedAccessKey', named],
        secrets: [key],
      });
    });
  }

  test(`${face.name}: the token is malformed`, async () => {
    const token = `SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=${encodeURIComponent(KEY)} &se=1`;
    const changes = { SharedAccessKey: undefined, SharedAccessSignature: token };
    const error = await failureOf(face, connectionStringTo('localhost', changes));
    assertTold(error, {
      type: 'FormatError',
      code: 'ERR_IOT_TOKEN_MALFORMED',
      names: [/shared access signature/i],
    });
  });

  for (const host of ['https://gateway.local', 'gateway.local:99999', 'gate way', '1.2.3.4.5']) {
    test(`${face.name}: the gateway is ${host}`, async () => {
      const error = await failureOf(face, connectionStringTo(host));
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_HOST_INVALID',
        names: [JSON.stringify(host)],
      });
    });
  }

  for (const [deviceId, named] of [
    ['two words', '" "'],
    ['floor/3', '"/"'],
    ['a+b', '"+"'],
    ['a#b', '"#"'],
    ['50%', '"%"'],
    ['Gerät', '"ä"'],
    ['x'.repeat(129), '129 characters'],
  ]) {
    test(`${face.name}: the device id ${deviceId.slice(0, 20)} cannot travel`, async () => {
      const error = await failureOf(face, connectionStringTo('localhost', { DeviceId: deviceId }));
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_DEVICE_ID_INVALID',
        names: [deviceId.slice(0, 80), named],
        hint: /128/,
      });
    });
  }
}

test('a Client is told of quotes around it, too', () => {
  for (const quote of ['"', "'", ' "']) {
    assert.throws(() => Client.fromConnectionString(quote + connectionStringTo('localhost') + quote, Mqtt), {
      code: 'ERR_IOT_CONNECTION_STRING_FIELD_MISSING',
      hint: /quotes/,
    });
  }
});

for (const face of strictly) {
  test(`${face.name}: a field stands twice`, async () => {
    const error = await failureOf(face, connectionStringTo('localhost') + ';DeviceId=d2');
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_FIELD_DUPLICATE',
      names: ['DeviceId', 'twice'],
    });
  });

  test(`${face.name}: a field nobody knows`, async () => {
    const error = await failureOf(face, connectionStringTo('localhost') + ';GatewayHost=g');
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_FIELD_UNKNOWN',
      names: ['"GatewayHost"'],
      hint: /GatewayHostName/,
    });
  });

  test(`${face.name}: a field in the wrong case`, async () => {
    const error = await failureOf(face, connectionStringTo('localhost') + ';gatewayhostname=g');
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_FIELD_UNKNOWN',
      names: ['"gatewayhostname"'],
      hint: /GatewayHostName/,
    });
  });

  for (const quote of ['"', "'"]) {
    test(`${face.name}: ${quote} around all of it, as files of variables keep them`, async () => {
      const error = await failureOf(face, quote + connectionStringTo('localhost') + quote);
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_CONNECTION_STRING_FIELD_UNKNOWN',
        names: ['element 1'],
        hint: /quotes/,
      });
    });
  }

  test(`${face.name}: an element that is no field, perhaps a piece of the key`, async () => {
    const [start, rest] = [KEY.slice(0, 20), KEY.slice(20)];
    const error = await failureOf(
      face,
      connectionStringTo('localhost', { SharedAccessKey: `${start};${rest}` }),
    );
    assertTold(error, {
      type: 'FormatError',
      code: 'ERR_IOT_CONNECTION_STRING_MALFORMED',
      names: ['Element 4'],
      secrets: [start, rest],
    });
  });

  test(`${face.name}: a semicolon is missing before the key, which is not shown`, async () => {
    const connectionString = connectionStringTo('localhost').replace(
      ';SharedAccessKey=',
      ' SharedAccessKey=',
    );
    const error = await failureOf(face, connectionString);
    const strict = face.name === 'connect()';
    assertTold(error, {
      type: strict ? 'FormatError' : 'ArgumentError',
      code: strict ? 'ERR_IOT_CONNECTION_STRING_MALFORMED' : 'ERR_IOT_CONNECTION_STRING_NO_CREDENTIAL',
      names: ['SharedAccessKey'],
      secrets: [KEY],
    });
  });

  test(`${face.name}: a line break at the end, as files have it`, async () => {
    const error = await failureOf(face, connectionStringTo('localhost') + '\n');
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_SPACE',
      names: ['GatewayHostName'],
      hint: /line break/,
    });
  });

  test(`${face.name}: key and token both`, async () => {
    const changes = { SharedAccessSignature: 'SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=eA%3D%3D&se=1' };
    const error = await failureOf(face, connectionStringTo('localhost', changes));
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_CONNECTION_STRING_CREDENTIAL_CONFLICT',
      names: ['SharedAccessKey and SharedAccessSignature'],
    });
  });

  for (const [given, connectionString] of [
    ['nothing', undefined],
    ['an empty text', ' '],
    ['an object', {}],
  ]) {
    test(`${face.name}: ${given} as connection string`, async () => {
      assertTold(await failureOf(face, /** @type {any} */ (connectionString)), {
        type: 'ArgumentError',
        code: 'ERR_IOT_CONNECTION_STRING_MISSING',
        names: ['The connection string is'],
      });
    });
  }
}

test('a Client reads leniently, as the original: the last of two fields counts, strangers do not', async (t) => {
  const gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: [{ deviceId: 'd1', primaryKey: KEY }],
  });
  t.after(() => gateway.close());
  const connected = once(gateway, 'connected');
  const lenient = `DeviceId=other;Colour=blue;${connectionStringTo(`localhost:${gateway.port}`)};stray`;
  const client = Client.fromConnectionString(lenient, Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  await client.open();
  assert.equal((await connected)[0].deviceId, 'd1');
  await client.close();
  await assert.rejects(connect({ connectionString: lenient, ca: gateway.rootPem }), {
    code: 'ERR_IOT_CONNECTION_STRING_FIELD_UNKNOWN',
  });
});
