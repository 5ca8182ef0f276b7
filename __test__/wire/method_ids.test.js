'use strict';

// The ids of method calls: they come from whoever calls, and go back to him in the topic of the answer.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { Message } = require('../..');
const { MethodCalls } = require('../../lib/mqtt/methods');
const { clientOf, deviceOf, startCloud, subscribed, until } = require('./cloud_setting');

const GUID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const ID_FAULT = 'WARN_IOT_METHOD_ID';

/** Calls of methods over a line in the hands of the test. */
function callsOf() {
  const received = [];
  const answers = [];
  const calls = new MethodCalls(
    (topic, body, callback) => {
      answers.push([topic, body]);
      callback(null);
    },
    (message) => received.push(message),
  );
  const call = (id, name = 'm') => calls.row.receive(`${name}/?$rid=${id}`, Buffer.from('1'), () => {});
  return { calls, call, received, answers };
}

/** @param {import('node:test').TestContext} t @returns {any[]} The warnings of ours from now on. */
function warningsOf(t) {
  const warnings = [];
  const warned = (warning) => warning.code?.startsWith('WARN_IOT_') && warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  return warnings;
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** By name: ids that a topic of ASCII, of one answer, cannot carry. */
const ODD = {
  'a letter with an accent': 'é1',
  'a Chinese character': '漢',
  'an emoji': '1😀',
  'half a character': '\ud800',
  'a no-break space': 'a\u00a0b',
  'the character 1': 'a\u0001b',
  'a line break': 'a\nb',
  'the character 127': 'a\u007fb',
  'a character of Latin-1': '\u0085',
  'a level of its own': 'a/b',
  'a wildcard of one level': 'a+b',
  'a wildcard of all': 'a#',
  'a query of its own': 'a?b',
  '129 characters': 'x'.repeat(129),
  '65 000 characters': 'x'.repeat(65_000),
  nothing: '',
};

for (const [name, id] of Object.entries(ODD)) {
  test(`${name} as the id of a call: no answer can carry it, so the call is ignored, with a warning`, async (t) => {
    const warnings = warningsOf(t);
    const { calls, call, received, answers } = callsOf();
    call(id);
    call(id);
    await soon();
    assert.deepEqual(received, []);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      [ID_FAULT],
    );
    assert.match(warnings[0].message, /^A call of the method "m" is ignored: [^\r\n]{5,250}$/);
    assert.match(warnings[0].detail, /ASCII/);
    // Nor can an app put it there.
    assert.throws(() => calls.answer({ requestId: id, status: 200 }, assert.fail), {
      name: 'Error',
      code: 'ERR_IOT_METHOD_RESPONSE',
    });
    assert.deepEqual(answers, []);
    call('1');
    assert.equal(received.length, 1);
  });
}

for (const rest of ['', 'm', 'm/', 'm/?', 'm/?rid=1', '/?$rid=1', 'm/x/?$rid=1']) {
  test(`a topic that is no call, ${JSON.stringify(rest)}, harms nobody`, async (t) => {
    const warnings = warningsOf(t);
    const { calls, received } = callsOf();
    calls.row.receive(rest, Buffer.from('1'), () => {});
    await soon();
    assert.deepEqual(received, []);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      [ID_FAULT],
    );
  });
}

for (const id of ['1', 'ff', GUID, GUID.toUpperCase(), 'a b', "~!$%'()*,-.:;<=>@[]^_`{|}", 'x'.repeat(128)]) {
  test(`${JSON.stringify(id.slice(0, 40))} as the id of a call is answered as it came`, () => {
    const { call, received, answers } = callsOf();
    call(id);
    const [{ requestId, answerer }] = received;
    answerer.sendMethodResponse({ requestId, status: 200, payload: 'x' }, () => {});
    assert.deepEqual(answers, [[`$iothub/methods/res/200/?$rid=${id}`, '"x"']]);
  });
}

test('a status that is written with a plus sign, or is none, is no status', () => {
  const { calls, answers } = callsOf();
  for (const status of [1e21, -1e300, Infinity, NaN, 0, '200', undefined]) {
    assert.throws(() => calls.answer({ requestId: '1', status }, assert.fail), {
      code: 'ERR_IOT_METHOD_RESPONSE',
      message: /status/,
    });
  }
  calls.answer({ requestId: '1', status: -1.5 }, () => {});
  assert.deepEqual(
    answers.map(([topic]) => topic),
    ['$iothub/methods/res/-1.5/?$rid=1'],
  );
});

test('the ids that are remembered do not keep the topics they came by', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const { call, received } = callsOf();
  const used = () => {
    received.length = 0;
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let i = 0; i < 2000; i += 1) {
    // As from the wire: one text, out of bytes.
    const [name, id] = Buffer.from(`${'n'.repeat(60_000)} ${GUID}-${i}`, 'latin1')
      .toString('latin1')
      .split(' ');
    call(id, name);
    received.length = 0;
  }
  const kept = used() - before;
  assert.ok(kept < 20e6, `2000 ids keep ${Math.round(kept / 1e6)} MB; their topics have 120`);
});

test('a session that is called with ids of any kind goes on: telemetry, messages, methods, close', async (t) => {
  const warnings = warningsOf(t);
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  let calls = 0;
  client.onDeviceMethod('m', (_, response) => {
    calls += 1;
    response.send(200, calls, () => {});
  });
  const received = once(client, 'message');
  await subscribed(gateway, 'methods', 'c2d');
  const prefix = '$iothub/methods/POST/m/?$rid=';
  const longest = 'x'.repeat(65_535 - prefix.length);
  for (const id of [
    'é',
    '漢字',
    'a b',
    longest,
    'x'.repeat(65_535 - '$iothub/methods/res/200/?$rid='.length),
  ])
    gateway.publish('d1', prefix + id, '1', { qos: 0 });
  gateway.sendC2D('d1', 'behind them');
  await Promise.all(Array.from({ length: 20 }, (_, n) => client.sendEvent(new Message(`${n}`))));
  await received;
  assert.equal((await gateway.invokeMethod('d1', 'm')).payload, 2);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    [ID_FAULT],
  );
  await client.close();
});

test('an id that comes again on another connection is another call, which the earlier one does not answer', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const responses = [];
  client.onDeviceMethod('m', (_, response) => responses.push(response));
  const call = () => gateway.publish('d1', '$iothub/methods/POST/m/?$rid=1', '1', { qos: 0 });
  for (const connection of [1, 2, 3]) {
    await subscribed(gateway, 'methods');
    call();
    // Within one connection it is the same call, transmitted twice.
    call();
    await until('the call came', () => responses.length === connection);
    await client.sendEvent(new Message('behind both'));
    assert.equal(responses.length, connection);
    if (connection === 3) break;
    const back = once(client, 'connect');
    gateway.cut('d1');
    await back;
  }
  const answers = [];
  gateway.faults = {
    publish: (_, { topic, payload }) => {
      if (topic.startsWith('$iothub/methods/res/')) answers.push(String(payload));
      return undefined;
    },
  };
  const [first, second, third] = responses;
  for (const earlier of [first, second])
    await assert.rejects(earlier.send(200, 'wrong'), { code: 'ERR_IOT_METHOD_CALL_LOST' });
  await third.send(200, 'right');
  await client.sendEvent(new Message('behind them'));
  assert.deepEqual(answers, ['"right"']);
});

test('the same for a device of connect()', async (t) => {
  const gateway = await startCloud(t);
  const device = await deviceOf(t, gateway);
  let calls = 0;
  device.onMethod('m', () => (calls += 1));
  const call = () => gateway.invokeMethod('d1', 'm', null, { rid: '1' });
  await subscribed(gateway, 'methods');
  assert.equal((await call()).payload, 1);
  const back = once(device, 'connect');
  gateway.cut('d1');
  await back;
  await subscribed(gateway, 'methods');
  assert.equal((await call()).payload, 2);
});
