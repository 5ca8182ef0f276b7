'use strict';

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { test } = require('node:test');
const { TwinRequests } = require('../../lib/mqtt/twin');
const { NotConnectedError, TimeoutError } = require('../../lib/vocabulary/errors');
const { uncaught } = require('./uncaught');

const GET = '$iothub/twin/GET/?$rid=';
const REPORTED = '$iothub/twin/PATCH/properties/reported/?$rid=';

/** Twin requests over a line in the hands of the test. */
function requestsOf(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  /** What was written: topic without the id, body, and the id. */
  const asked = [];
  const told = [];
  let granted = null;
  /** Why the next is not written. */
  let unwritten = null;
  const requests = new TwinRequests({
    publish: (topic, body, callback) => {
      const [, kind, id] = /^(.*\$rid=)(.*)$/.exec(topic);
      asked.push({ kind, body, id });
      const error = unwritten;
      unwritten = null;
      callback(error);
    },
    subscribe: (callback) => callback(granted),
  });
  const call = (name) => (error, result) =>
    told.push([name, error ? (error.code ?? error.name) : 'ok', result ?? error?.delivery]);
  const answer = (id, status = 200, body = '', more = '') =>
    requests.row.receive(`${status}/?$rid=${id}${more}`, Buffer.from(body), () => {});
  return {
    requests,
    asked,
    told,
    call,
    answer,
    refuse: (error) => (granted = error),
    leave: (error) => (unwritten = error),
    pass: (ms) => t.mock.timers.tick(ms),
  };
}

const soon = () => new Promise((resolve) => process.nextTick(resolve));

test('requests are served one after the other, by QoS 0, a GET with the body of one space', async (t) => {
  const { requests, asked, told, call, answer } = requestsOf(t);
  requests.report('{"a":1}', call('a'));
  requests.get(call('get'));
  requests.report('{"b":1}', call('b'));
  assert.deepEqual(asked, []);
  requests.connected();
  assert.deepEqual(
    asked.map(({ kind, body }) => [kind, body]),
    [[REPORTED, '{"a":1}']],
  );
  answer(asked[0].id, 204);
  answer(asked[1].id, 200, '{"desired":{"$version":3},"reported":{}}');
  answer(asked[2].id, 204, '', '&$version=7');
  assert.deepEqual(
    asked.map(({ kind, body }) => [kind, body]),
    [
      [REPORTED, '{"a":1}'],
      [GET, ' '],
      [REPORTED, '{"b":1}'],
    ],
  );
  assert.deepEqual(told, [
    ['a', 'ok', {}],
    ['get', 'ok', { desired: { $version: 3 }, reported: {} }],
    ['b', 'ok', { version: 7 }],
  ]);
  assert.equal(new Set(asked.map(({ id }) => id)).size, 3);
});

test('after a loss the unanswered are asked again in order, under new ids; answers to the old ones are nobody’s', async (t) => {
  const { requests, asked, told, call, answer } = requestsOf(t);
  requests.connected();
  requests.report('1', call('1'));
  requests.report('2', call('2'));
  const [{ id: lost }] = asked;
  requests.disconnected();
  answer(lost, 204);
  requests.connected();
  answer(lost, 400);
  assert.deepEqual(told, []);
  answer(asked[1].id, 204);
  answer(asked[2].id, 204);
  assert.deepEqual(
    asked.map(({ body }) => body),
    ['1', '1', '2'],
  );
  assert.notEqual(asked[1].id, lost);
  assert.deepEqual(
    told.map(([name]) => name),
    ['1', '2'],
  );
});

test('an answer 10 s late is an answer; one of 30 s is taken for lost, and counts if it comes all the same', async (t) => {
  const { requests, asked, told, call, answer, pass } = requestsOf(t);
  requests.connected();
  requests.get(call('10 s'));
  pass(10_000);
  answer(asked[0].id, 200, '{}');
  assert.deepEqual(
    told.map(([name]) => name),
    ['10 s'],
  );
  requests.get(call('50 s'));
  pass(29_999);
  assert.equal(asked.length, 2);
  pass(1);
  assert.equal(asked.length, 3);
  pass(20_000);
  answer(asked[1].id, 200, '{}');
  answer(asked[2].id, 200, '{"desired":{"late":true}}');
  assert.deepEqual(told.slice(1), [['50 s', 'ok', { desired: {}, reported: {} }]]);
  // Nothing of it is left.
  pass(1_000_000);
  assert.equal(asked.length, 3);
});

test('one that was not written in all the time there is for a message is asked again', async (t) => {
  const { requests, asked, told, call, answer, leave } = requestsOf(t);
  requests.connected();
  leave(new TimeoutError('behind many others'));
  requests.get(call('without a limit of its own'));
  answer(asked.at(-1).id, 200, '{}');
  assert.deepEqual([asked.length, told.length], [2, 1]);
});

test('without an answer a request ends with its limit, and the next one is asked', async (t) => {
  const { requests, asked, told, call, answer, pass } = requestsOf(t);
  requests.connected();
  requests.get(call('limited'), { timeoutMs: 240_000 });
  requests.report('{}', call('next'));
  pass(240_000);
  await soon();
  assert.deepEqual(told, [['limited', 'ERR_IOT_OPERATION_TIMEOUT', 'unknown']]);
  answer(asked.at(-1).id, 204);
  assert.equal(told.at(-1)[0], 'next');
});

test('a signal ends a request: written or not', async (t) => {
  const { requests, told, call } = requestsOf(t);
  requests.connected();
  const abort = new AbortController();
  requests.report('1', call('written'), { signal: abort.signal });
  requests.report('2', call('waiting'), { signal: abort.signal });
  requests.report('3', call('aborted before'), { signal: AbortSignal.abort() });
  abort.abort();
  await soon();
  assert.deepEqual(told.sort(), [
    ['aborted before', 'ERR_IOT_ABORTED', 'not sent'],
    ['waiting', 'ERR_IOT_ABORTED', 'not sent'],
    ['written', 'ERR_IOT_ABORTED', 'unknown'],
  ]);
});

test('a signal has one listener, however many requests share it, and none when they are over', async (t) => {
  const { requests, asked, told, call, answer } = requestsOf(t);
  requests.connected();
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  for (let i = 0; i < 20; i += 1) requests.report(`${i}`, call(i), { signal });
  assert.equal(listeners(), 1);
  for (let i = 0; i < 20; i += 1) answer(asked[i].id, 204);
  assert.equal(told.length, 20);
  assert.equal(listeners(), 0);
});

/** The classes of statuses (device-sdk.md §5), and a hub's own words. */
const STATUSES = {
  400: 'ArgumentError',
  401: 'UnauthorizedError',
  403: 'IotHubQuotaExceededError',
  404: 'DeviceNotFoundError',
  412: 'InvalidEtagError',
  413: 'MessageTooLargeError',
  429: 'ThrottlingError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
  504: 'ServiceUnavailableError',
  302: 'TwinRequestError',
  418: 'TwinRequestError',
};
for (const [status, name] of Object.entries(STATUSES)) {
  test(`status ${status} is a ${name}, with or without a body`, async (t) => {
    const { requests, asked, answer } = requestsOf(t);
    requests.connected();
    const errors = [];
    for (const body of ['', '{"errorCode":400001,"message":"said the hub"}', '{not json']) {
      requests.report('{}', (error) => errors.push(error));
      answer(asked.at(-1).id, Number(status), body);
      await soon();
    }
    for (const error of errors) {
      assert.equal(error.name, name);
      assert.equal(error.code, 'ERR_IOT_TWIN_REFUSED');
      assert.equal(error.status, Number(status));
    }
    assert.match(errors[1].message, /said the hub/);
  });
}

test('an error in the body alone is an error, and so is what is no twin', async (t) => {
  const { requests, asked, answer } = requestsOf(t);
  requests.connected();
  const errors = [];
  for (const body of ['{"errorCode":404001,"message":"gone"}', '', 'null', '[]', '5', '{"desired":', '"x"']) {
    requests.get((error) => errors.push(error));
    answer(asked.at(-1).id, 200, body);
    await soon();
  }
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['ERR_IOT_TWIN_REFUSED', ...Array(6).fill('ERR_IOT_TWIN_UNREADABLE')],
  );
});

test('a refusal that the policy retries is asked again after its delay, before all that follows', async (t) => {
  const { requests, asked, told, call, answer, pass } = requestsOf(t);
  requests.connected();
  const refusals = [];
  const again = (error, count) => {
    refusals.push([error.name, count]);
    return count > 2 ? undefined : 1000 * count;
  };
  requests.report('1', call('1'), { again });
  requests.report('2', call('2'));
  answer(asked[0].id, 429);
  pass(999);
  assert.equal(asked.length, 1);
  pass(1);
  answer(asked[1].id, 429);
  pass(2000);
  answer(asked[2].id, 429);
  await soon();
  answer(asked[3].id, 204);
  assert.deepEqual(refusals, [
    ['ThrottlingError', 1],
    ['ThrottlingError', 2],
    ['ThrottlingError', 3],
  ]);
  assert.deepEqual(
    asked.map(({ body }) => body),
    ['1', '1', '1', '2'],
  );
  assert.deepEqual(told.map(([name, outcome]) => `${name} ${outcome}`).sort(), [
    '1 ERR_IOT_TWIN_REFUSED',
    '2 ok',
  ]);
});

test('a policy that throws ends the request with its error', async (t) => {
  const { requests, asked, told, call, answer } = requestsOf(t);
  requests.connected();
  const again = () => {
    throw new RangeError('no policy');
  };
  requests.get(call('get'), { again });
  answer(asked[0].id, 503);
  await soon();
  assert.deepEqual(told, [['get', 'RangeError', 'unknown']]);
});

test('a policy that ends the request itself has it told once, and the next one is asked', async (t) => {
  const { requests, asked, told, call, answer, pass } = requestsOf(t);
  requests.connected();
  const abort = new AbortController();
  const again = () => {
    abort.abort();
    return 1000;
  };
  requests.report('1', call('1'), { signal: abort.signal, again });
  answer(asked[0].id, 429);
  await soon();
  requests.report('2', call('2'));
  pass(1000);
  assert.deepEqual(
    asked.map(({ body }) => body),
    ['1', '2'],
  );
  answer(asked[1].id, 204);
  assert.deepEqual(told, [
    ['1', 'ERR_IOT_ABORTED', 'unknown'],
    ['2', 'ok', {}],
  ]);
});

test('a refused subscription to the responses fails what needs it', async (t) => {
  const { requests, asked, told, call, refuse } = requestsOf(t);
  refuse(new Error('refused'));
  requests.connected();
  requests.get(call('get'));
  await soon();
  assert.deepEqual([asked, told], [[], [['get', 'Error', 'not sent']]]);
});

test('giving up tells all, each once', async (t) => {
  const { requests, asked, told, call, answer } = requestsOf(t);
  requests.connected();
  requests.report('1', call('1'));
  requests.report('2', call('2'));
  requests.fail(new NotConnectedError('gone'));
  await soon();
  answer(asked[0].id, 204);
  assert.deepEqual(told, [
    ['1', 'NotConnectedError', 'unknown'],
    ['2', 'NotConnectedError', 'not sent'],
  ]);
});

test('closing gives reports their grace time and ends a GET at once', async (t) => {
  const { requests, asked, told, call, answer, pass } = requestsOf(t);
  requests.connected();
  requests.report('1', call('1'));
  requests.get(call('get'));
  requests.report('2', call('2'));
  let closed = 0;
  requests.close(10_000, () => (closed += 1));
  await soon();
  assert.deepEqual(told, [['get', 'ERR_IOT_CLIENT_CLOSED', 'not sent']]);
  answer(asked[0].id, 204);
  assert.equal(closed, 0);
  pass(10_000);
  await soon();
  await soon();
  assert.deepEqual(told.slice(1), [
    ['1', 'ok', {}],
    ['2', 'ERR_IOT_CLIENT_CLOSED', 'unknown'],
  ]);
  assert.equal(closed, 1);
});

test('closing waits no longer than for the last report, also where its callback throws', async (t) => {
  const { requests, asked, answer } = requestsOf(t);
  const surfaced = uncaught(t);
  requests.connected();
  requests.report('1', () => {
    throw new Error('of the app');
  });
  let closed = 0;
  requests.close(10_000, () => (closed += 1));
  answer(asked[0].id, 204);
  await soon();
  assert.equal(closed, 1);
  assert.deepEqual(surfaced, ['of the app']);
});

test('what is no response harms nobody', (t) => {
  const { requests, asked, told, call } = requestsOf(t);
  requests.connected();
  requests.get(call('get'));
  const [{ id }] = asked;
  for (const rest of [
    '',
    '/',
    '200',
    `x/?$rid=${id}`,
    '200/?$rid=',
    '200/?',
    '200/?$rid=other',
    `200/?rid=${id}`,
  ])
    requests.row.receive(rest, Buffer.from('{}'), () => {});
  assert.deepEqual(told, []);
});
