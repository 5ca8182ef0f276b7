'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Client, Message, Mqtt, Properties, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo } = require('./telling');

/** Messages that a gateway would acknowledge and drop, or cut the line for: they are refused before the wire. */

const LIMIT = 261_120;
let gateway;
/** By name: sends a Message, and rejects with what the app is told. */
const senders = {};
const closing = [];

before(async () => {
  const devices = [
    { deviceId: 'd1', primaryKey: KEY },
    { deviceId: 'd2', primaryKey: KEY },
  ];
  gateway = await startGateway({ chain: await createChain(SMALL), devices });
  const at = `localhost:${gateway.port}`;
  const client = Client.fromConnectionString(connectionStringTo(at), Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  await client.open();
  const device = await connect({
    connectionString: connectionStringTo(at, { DeviceId: 'd2' }),
    ca: gateway.rootPem,
  });
  closing.push(client, device);
  senders['Client, promises'] = (message) => client.sendEvent(message);
  senders['Client, callbacks'] = (message) =>
    new Promise((resolve, reject) => {
      client.sendEvent(message, (error, result) => (error ? reject(error) : resolve(result)));
    });
  senders['device.sendEvent'] = (message) => device.sendEvent(message);
});

after(async () => {
  for (const each of closing) await each.close();
  await gateway.close();
});

/** With an id of its own, so that every face sends the same bytes. */
function messageOf(data, properties = []) {
  const message = new Message(data);
  message.messageId = 'm';
  for (const [name, value] of properties) message.properties.add(name, value);
  return message;
}

/** By name: a message, and what the error tells. */
const refused = {
  'a body over the limit': {
    make: () => messageOf(Buffer.alloc(LIMIT + 1)),
    type: 'MessageTooLargeError',
    code: 'ERR_IOT_MESSAGE_TOO_LARGE',
    names: [`body ${LIMIT + 1}`, `the limit is ${LIMIT}`],
    hint: /parts|file/,
  },
  'a text whose characters are under the limit and whose bytes are over it': {
    make: () => messageOf('ä'.repeat(LIMIT / 2 + 1)),
    type: 'MessageTooLargeError',
    code: 'ERR_IOT_MESSAGE_TOO_LARGE',
    names: [`body ${LIMIT + 2}`, `${LIMIT}`],
  },
  'a body at the limit and a property': {
    make: () => messageOf(Buffer.alloc(LIMIT - 10), [['colour', 'blue']]),
    type: 'MessageTooLargeError',
    code: 'ERR_IOT_MESSAGE_TOO_LARGE',
    names: [`body ${LIMIT - 10} and properties 21`],
  },
  'properties that do not fit into a topic': {
    make: () => messageOf('x', [['long', 'y'.repeat(66_000)]]),
    type: 'MessageTooLargeError',
    code: 'ERR_IOT_MESSAGE_TOO_LARGE',
    names: [/topic.* 660\d\d bytes/, '65535'],
    hint: /body/,
  },
  'half a character in a value': {
    make: () => messageOf('x', [['mood', '😀'.slice(0, 1)]]),
    type: 'URIError',
    code: 'ERR_IOT_PROPERTY_NOT_UNICODE',
    names: ['"mood"', 'surrogate'],
    hint: /emoji/,
    cause: /URI malformed/,
  },
  'half a character in a system property': {
    make: () => Object.assign(messageOf('x'), { correlationId: '\ud83d' }),
    type: 'URIError',
    code: 'ERR_IOT_PROPERTY_NOT_UNICODE',
    names: ['"$.cid"'],
    cause: /URI malformed/,
  },
  'half a character in a list of a system property': {
    make: () => Object.assign(messageOf('x'), { messageId: ['\ud83d'] }),
    type: 'URIError',
    code: 'ERR_IOT_PROPERTY_NOT_UNICODE',
    names: ['"$.mid"'],
    cause: /URI malformed/,
  },
  'a property that is a symbol': {
    make: () => messageOf('x', [['mood', Symbol('good')]]),
    type: 'TypeError',
    code: 'ERR_IOT_PROPERTY_VALUE',
    names: ['"mood" is Symbol(good), which has no text'],
    cause: /Symbol/,
  },
  'a property that is an object without any method': {
    make: () => messageOf('x', [['mood', Object.create(null)]]),
    type: 'TypeError',
    code: 'ERR_IOT_PROPERTY_VALUE',
    names: ['"mood" is an object, which has no text'],
    cause: /primitive/,
  },
  'a name that is a symbol': {
    make: () => messageOf('x', [[Symbol('mood'), 'good']]),
    type: 'TypeError',
    code: 'ERR_IOT_PROPERTY_VALUE',
    names: ['Symbol(mood)'],
    cause: /Symbol/,
  },
  'a date that is none': {
    make: () => Object.assign(messageOf('x'), { expiryTimeUtc: new Date('tomorrow') }),
    type: 'RangeError',
    code: 'ERR_IOT_PROPERTY_VALUE',
    names: ['"$.exp" is a Date without a time'],
  },
  'a hole in the list of properties': {
    make: () => {
      const message = messageOf('x', [['mood', 'good']]);
      message.properties.propertyList.push(undefined);
      return message;
    },
    type: 'TypeError',
    code: 'ERR_IOT_PROPERTY_VALUE',
    names: ['at propertyList[1] is missing'],
  },
  'a property without a name': {
    make: () => messageOf('x', [['', 'value']]),
    type: 'ArgumentError',
    code: 'ERR_IOT_PROPERTY_NAME_EMPTY',
    names: ['empty name'],
    hint: /drops/,
  },
  'two names of many that differ only in case': {
    make: () =>
      messageOf('x', [...Array.from({ length: 3000 }, (_, n) => [`reading${n}`, '1']), ['rEADING7', '2']]),
    type: 'ArgumentError',
    code: 'ERR_IOT_PROPERTY_NAME_CASE',
    names: ['"reading7"', '"rEADING7"'],
    hint: /drops/,
  },
  'two names that differ only in case': {
    make: () =>
      messageOf('x', [
        ['Colour', 'blue'],
        ['colour', 'red'],
      ]),
    type: 'ArgumentError',
    code: 'ERR_IOT_PROPERTY_NAME_CASE',
    names: ['"Colour"', '"colour"'],
    hint: /drops/,
  },
};

for (const [name, { make, ...expected }] of Object.entries(refused)) {
  test(name, async (t) => {
    for (const [face, send] of Object.entries(senders)) {
      await t.test(face, async () => {
        const error = await send(make()).then(
          () => assert.fail('it was sent'),
          (failure) => failure,
        );
        assertTold(error, expected);
        assert.equal(error.delivery, 'not sent');
        await send(messageOf(`after ${name}`));
        const [next] = await gateway.waitForMessages(1);
        assert.equal(String(next.body), `after ${name}`, 'nothing went before it, and the connection stands');
      });
    }
  });
}

test('at the limit a message arrives', async () => {
  for (const send of Object.values(senders)) {
    const body = Buffer.alloc(LIMIT - '%24.mid=m'.length, 7);
    await send(messageOf(body));
    const [message] = await gateway.waitForMessages(1);
    assert.ok(message.body.equals(body));
  }
  assert.deepEqual([gateway.counts.dropped, gateway.counts.connections], [0, 2]);
});

/** What only `device.sendEvent` is told. */
const refusedByDevice = {
  'a body that is no JSON': [[10n], 'ERR_IOT_BODY', ['body is a bigint'], /BigInt/],
  'a body that contains itself': [
    [selfish()],
    'ERR_IOT_BODY',
    ['body is an object, which cannot be sent'],
    /circular/,
  ],
  'a function as body': [[() => {}], 'ERR_IOT_BODY', ['body is a function']],
  'a reading that is no number': [
    [{ readings: [{ value: NaN }] }],
    'ERR_IOT_BODY',
    ['body.readings[0].value is NaN'],
  ],
  'an unknown option': [['x', { colour: 'blue' }], 'ERR_IOT_OPTION_UNKNOWN', ['"colour"']],
  'an object as property': [['x', { properties: { a: {} } }], 'ERR_IOT_OPTION', ['properties.a']],
  'a reserved property': [
    ['x', { properties: { 'iothub-to': 'y' } }],
    'ERR_IOT_PROPERTY_RESERVED',
    ['"iothub-to"'],
  ],
  'a property by the name of a field that is there': [
    ['x', { properties: { '$.mid': 'y' } }],
    'ERR_IOT_PROPERTY_RESERVED',
    ['"$.mid"'],
  ],
  'the same in the list of properties, and of the content type of JSON': [
    [{}, { properties: listed('$.ct', 'text/plain') }],
    'ERR_IOT_PROPERTY_RESERVED',
    ['"$.ct"'],
  ],
  'a negative timeout': [['x', { timeout: -1 }], 'ERR_IOT_OPTION', ['timeout is -1']],
  'something else as signal': [['x', { signal: 'stop' }], 'ERR_IOT_OPTION', ['signal is "stop"']],
};

for (const [name, [args, code, names, cause]] of Object.entries(refusedByDevice)) {
  test(`device.sendEvent: ${name}`, async () => {
    const device = closing[1];
    const error = await device.sendEvent(...args).then(
      () => assert.fail('it was sent'),
      (failure) => failure,
    );
    assertTold(error, { type: 'ArgumentError', code, names, cause });
  });
}

function listed(name, value) {
  const properties = new Properties();
  properties.add(name, value);
  return properties;
}

function selfish() {
  const body = {};
  return Object.assign(body, { body });
}
