'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Message: OriginalMessage } = require('azure-iot-common');
const { Client, Message, Mqtt, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo } = require('./telling');

/** A body arrives byte for byte, or is refused: never another one, nor none. */

let gateway, client, device;

before(async () => {
  const devices = ['d1', 'd2'].map((deviceId) => ({ deviceId, primaryKey: KEY }));
  gateway = await startGateway({ chain: await createChain(SMALL), devices });
  const at = `localhost:${gateway.port}`;
  client = Client.fromConnectionString(connectionStringTo(at), Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  await client.open();
  device = await connect({
    connectionString: connectionStringTo(at, { DeviceId: 'd2' }),
    ca: gateway.rootPem,
  });
});

after(async () => {
  await client.close();
  await device.close();
  await gateway.close();
});

async function arrived() {
  const [{ body, properties }] = await gateway.waitForMessages(1);
  return { body, properties };
}

const shared = new SharedArrayBuffer(2);
new Uint8Array(shared).set([8, 9]);
const inside = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;

/** By name: a body, and its bytes in hexadecimal. */
const bodies = {
  text: ['é', 'c3a9'],
  'a long text': ['ä'.repeat(20_000), Buffer.from('ä'.repeat(20_000)).toString('hex')],
  Buffer: [Buffer.from([0, 255]), '00ff'],
  Uint8Array: [Uint8Array.of(1, 2), '0102'],
  Uint8ClampedArray: [Uint8ClampedArray.of(1, 300), '01ff'],
  Int8Array: [Int8Array.of(-1), 'ff'],
  Uint16Array: [Uint16Array.of(0x0102), '0201'],
  Float32Array: [Float32Array.of(21.5), '0000ac41'],
  Float64Array: [Float64Array.of(21.5), '0000000000803540'],
  BigInt64Array: [BigInt64Array.of(-2n), 'feffffffffffffff'],
  'a part of memory': [new Uint16Array(inside, 2, 2), '02030405'],
  DataView: [new DataView(inside, 1, 3), '010203'],
  ArrayBuffer: [inside.slice(0, 2), '0001'],
  SharedArrayBuffer: [shared, '0809'],
  'memory of another realm': [require('node:vm').runInNewContext('new Uint16Array([258])'), '0201'],
  'an empty array of floats': [new Float32Array(0), ''],
};

for (const [name, [body, bytes]] of Object.entries(bodies)) {
  test(`${name} arrives as it is, whatever it is given to`, async () => {
    for (const send of [
      () => client.sendEvent(new Message(body)),
      () => client.sendEvent({ data: body }),
      () => client.sendEvent(body),
      () => device.sendEvent(new Message(body)),
      () => device.sendEvent(body),
    ]) {
      await send();
      assert.equal((await arrived()).body.toString('hex'), bytes, String(send));
    }
  });
}

test('an array of bytes is the body of a Message, and JSON for a device', async () => {
  await client.sendEvent(new Message([0, 1, 255]));
  assert.deepEqual([...(await arrived()).body], [0, 1, 255]);
  await device.sendEvent([0, 1, 255]);
  assert.equal((await arrived()).body.toString(), '[0,1,255]');
});

test('no body is an empty one', async () => {
  for (const body of [undefined, null, '', []]) {
    await client.sendEvent(new Message(body));
    assert.equal((await arrived()).body.length, 0);
  }
});

test('an object in the shape of a message is sent with what it has', async () => {
  await client.sendEvent({ data: 'x', messageId: 'm1', properties: { alert: true, level: 3 } });
  const [{ body, systemProperties, properties }] = await gateway.waitForMessages(1);
  assert.deepEqual([body.toString(), systemProperties.messageId], ['x', 'm1']);
  assert.deepEqual({ ...properties }, { alert: 'true', level: '3' });
});

test('a Message of azure-iot-common is one', async () => {
  const message = new OriginalMessage('x');
  message.properties.add('alert', 'true');
  for (const send of [() => client.sendEvent(message), () => device.sendEvent(message)]) {
    await send();
    const { body, properties } = await arrived();
    assert.deepEqual([body.toString(), { ...properties }], ['x', { alert: 'true' }]);
  }
});

test('the properties of a Message may be missing, or an object', async () => {
  for (const [given, expected] of [
    [undefined, {}],
    [null, {}],
    [{ alert: 'true' }, { alert: 'true' }],
  ]) {
    const message = new Message('x');
    message.properties = given;
    await client.sendEvent(message);
    assert.deepEqual({ ...(await arrived()).properties }, expected);
  }
});

/** @param {unknown} body */
const messageOf = (body) => ({ send: () => client.sendEvent(new Message(body)) });
/** @param {unknown} given */
const given = (given) => ({ send: () => client.sendEvent(given) });
/** @param {unknown} properties */
const withProperties = (properties) => ({
  send: () => client.sendEvent(Object.assign(new Message('x'), { properties })),
});

/** By name: what is sent, and what the message names. */
const refused = {
  'the reading itself': [given({ temperature: 21 }), ['an object']],
  'an array of readings': [given([{ temperature: 21 }]), ['an Array']],
  'a Map': [given(new Map([['temperature', 21]])), ['a Map']],
  'a number': [given(21), ['the number 21']],
  'a function': [given(() => {}), ['a function']],
  'a Message of the reading': [messageOf({ temperature: 21 }), ['an object']],
  'a Message of something that has a length': [messageOf({ length: 30, width: 20 }), ['an object']],
  'a Message of a Promise': [messageOf(Promise.resolve('x')), ['a Promise']],
  'a Message of a number': [messageOf(21.5), ['the number 21.5']],
  'a Message of zero': [messageOf(0), ['the number 0']],
  'a Message of false': [messageOf(false), ['a boolean']],
  'a Message of NaN': [messageOf(NaN), ['NaN']],
  'a Message of an array of readings': [messageOf([1, 21.5]), ['element 1', 'the number 21.5']],
  'a Message of an array of too large numbers': [messageOf([256]), ['element 0', 'the number 256']],
  'a Message of an array of texts': [messageOf(['a']), ['element 0', 'a string']],
  'a Message of an array with a hole': [messageOf([1, , 3]), ['element 1', 'undefined']], // eslint-disable-line no-sparse-arrays
  'a Message of memory that was given away': [messageOf(transferred()), ['Uint8Array'], /detached/],
  'a Map as properties': [withProperties(new Map([['a', 'b']])), ['properties is a Map']],
  'an object within the properties': [withProperties({ a: { b: 1 } }), ['properties.a']],
};

for (const [name, [{ send }, names, cause]] of Object.entries(refused)) {
  test(`${name} is refused, and nothing is sent`, async () => {
    const error = await Promise.resolve()
      .then(send)
      .then(
        () => assert.fail('it was sent'),
        (failure) => failure,
      );
    const ofProperties = /properties/.test(error.message);
    assertTold(error, {
      type: 'ArgumentError',
      code: ofProperties ? 'ERR_IOT_OPTION' : 'ERR_IOT_BODY',
      names,
      hint: ofProperties ? /^Give a/ : /new Message\(JSON\.stringify\(…\)\)/,
      cause,
    });
    assert.equal(error.delivery, 'not sent');
    await client.sendEvent(new Message('after'));
    assert.equal((await arrived()).body.toString(), 'after');
  });
}

test('a text with half a character is refused by a device, as it would arrive as another one', async () => {
  for (const body of ['21 °C \ud83d', '\ude00', 'x'.repeat(300) + '\ud800']) {
    const error = await device.sendEvent(body).then(assert.fail, (failure) => failure);
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_BODY',
      names: ['half a surrogate pair'],
      hint: /cut in the middle/,
    });
    assert.equal(error.delivery, 'not sent');
  }
  for (const body of ['21 °C 🙂', { text: '\ud83d' }]) {
    await device.sendEvent(body);
    const text = (await arrived()).body.toString();
    assert.deepEqual(typeof body === 'string' ? text : JSON.parse(text), body);
  }
});

test('what is no message is thrown at the place of the mistake', () => {
  const callback = () => assert.fail('it was called back');
  assert.throws(() => client.sendEvent({ temperature: 21 }, callback), { code: 'ERR_IOT_BODY' });
});

function transferred() {
  const bytes = new Uint8Array([1]);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
