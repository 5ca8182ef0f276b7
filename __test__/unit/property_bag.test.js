'use strict';

const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const { describe, it } = require('node:test');
const { Mqtt } = require('azure-iot-device-mqtt');
const { encodeSystemAndUser, decode } = require('../../lib/mqtt/property_bag');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const vectors = require('../vectors/property_bag.json');

/** @param {{ message?: object, properties: [any, any][] }} vector */
function messageOf({ message, properties }) {
  const result = Object.assign(new Message('body'), message);
  for (const [key, value] of properties) result.properties.add(key, value);
  return result;
}

/** The original transport over a base that only records, as device `d`. */
function originalTransport() {
  const base = Object.assign(new EventEmitter(), {
    setOptions() {},
    connect: (config, callback) => callback(null, {}),
    publish: (topic, body, options, callback) => {
      base.topic = topic;
      callback(null, {});
    },
  });
  const provider = Object.assign(new EventEmitter(), {
    type: 1,
    stop() {},
    getDeviceCredentials: (callback) =>
      callback(null, { host: 'h', deviceId: 'd', moduleId: provider.moduleId, sharedAccessSignature: 's' }),
  });
  return { base, provider, transport: new Mqtt(provider, base) };
}

/** @param {any} vector */
async function bagOfOriginal(vector) {
  const { base, provider, transport } = originalTransport();
  const { outputName } = vector;
  if (outputName) provider.moduleId = 'm';
  await new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    if (outputName) transport.sendOutputEvent(outputName, messageOf(vector), done);
    else transport.sendEvent(messageOf(vector), done);
  });
  return base.topic.replace(/^devices\/d(\/modules\/m)?\/messages\/events\//, '');
}

describe('encoding a property bag', () => {
  for (const vector of vectors.encode) {
    it(`${vector.name}: like the vector and like the original`, async () => {
      assert.equal(encodeSystemAndUser(messageOf(vector), vector.outputName), vector.bag);
      assert.equal(await bagOfOriginal(vector), vector.bag);
    });
  }

  for (const vector of vectors.refuse) {
    it(`refuses ${vector.name}`, () => {
      assert.throws(
        () => encodeSystemAndUser(messageOf(vector)),
        (error) => {
          assert.ok(error instanceof (errors[vector.error] ?? globalThis[vector.error]));
          assert.equal(error.code, vector.code);
          assert.equal(error.delivery, 'not sent');
          assert.ok(error.hint);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }

  it('names the system property that is not Unicode as it travels', () => {
    const message = messageOf({ message: { messageId: '\ud83d' }, properties: [] });
    assert.throws(() => encodeSystemAndUser(message), /"\$\.mid"/);
  });

  it('names both of two names that differ in case', () => {
    const message = messageOf({
      properties: [
        ['Alert', 1],
        ['ALERT', 2],
      ],
    });
    assert.throws(() => encodeSystemAndUser(message), /"Alert" and "ALERT"/);
  });

  it('writes a Date as ISO text', () => {
    const time = new Date(Date.UTC(2030, 0, 1));
    const message = messageOf({ message: { expiryTimeUtc: time }, properties: [] });
    assert.equal(encodeSystemAndUser(message), '%24.exp=2030-01-01T00%3A00%3A00.000Z');
  });

  it('passes on what the conversion of a value throws', () => {
    const message = messageOf({ properties: [['k', Symbol('s')]] });
    assert.throws(() => encodeSystemAndUser(message), TypeError);
  });

  it('warns once of a name that gateways mistake for the sender', async () => {
    const warnings = [];
    const listen = (warning) => warnings.push(warning.code);
    process.on('warning', listen);
    const warned = once(process, 'warning');
    for (let i = 0; i < 3; i++) encodeSystemAndUser(messageOf({ properties: [['deviceId', 'x']] }));
    const [warning] = await warned;
    await new Promise(setImmediate);
    process.off('warning', listen);
    assert.match(warning.message, /"deviceId"/);
    assert.deepEqual(warnings, ['WARN_IOT_PROPERTY_IDENTITY']);
  });
});

describe('decoding a property bag', () => {
  for (const vector of vectors.decode) {
    it(`${vector.name}: like the vector${vector.original === false ? '' : ' and like the original'}`, async () => {
      const expected = messageOf({ message: vector.fields, properties: vector.properties });
      assert.deepEqual(decode(vector.bag, new Message('body')), expected);
      if (vector.original === false) return;
      const { base, transport } = originalTransport();
      await new Promise((resolve) => transport.connect(resolve));
      const received = once(transport, 'message');
      base.emit('message', `devices/d/messages/devicebound/${vector.bag}`, 'body');
      const [message] = await received;
      assert.deepEqual(
        { ...message, properties: message.properties.propertyList },
        {
          ...expected,
          properties: expected.properties.propertyList,
        },
      );
    });
  }

  it('undoes the encoding', () => {
    const sent = messageOf({
      message: {
        messageId: 'm 1',
        to: '/d',
        correlationId: 'c&d',
        userId: 'é',
        contentType: 'a/b',
        contentEncoding: 'x',
      },
      properties: [
        ['k=&', '%41'],
        ['😀', ''],
        ['k', '1'],
        ['k', '2'],
      ],
    });
    assert.deepEqual(decode(encodeSystemAndUser(sent), new Message('body')), sent);
  });
});
