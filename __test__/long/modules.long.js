'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { once } = require('node:events');
const { ModuleClient, Mqtt } = require('../..');
const { randomOf } = require('../model/random');
const { assertNothingLost, moduleChaos } = require('../wire/module_chaos');
const { INPUTS, startEdge, subscribedTo } = require('../wire/module_setting');

test('20 000 messages go out of one module and into the other, through cuts on both lines', async (t) => {
  const outcome = await moduleChaos(t, { count: 20_000, random: randomOf(3) });
  assertNothingLost(outcome);
  const { cuts, received } = outcome;
  assert.ok(cuts.out > 3 && cuts.in > 20, `${cuts.out} and ${cuts.in} cuts`);
  assert.ok(received.length > 20_000, 'some came again');
});

test('an input that nobody listens to goes back before the gateway sends it again, and comes once when somebody does', async (t) => {
  const gateway = await startEdge(t);
  const client = ModuleClient.fromConnectionString(gateway.connectionString('edge/filter'), Mqtt);
  t.after(() => client.close());
  await client.setOptions({ ca: gateway.rootPem });
  const received = [];
  const listener = (input, message) => received.push([input, message.data.toString()]);
  client.on('inputMessage', listener);
  await subscribedTo(gateway, 'edge/filter', INPUTS);
  client.off('inputMessage', listener);
  const sent = ['one', 'two'].map((text) => gateway.sendInput('edge/filter', 'in', text));
  const began = performance.now();
  await once(gateway, 'unsubscribed');
  await once(gateway, 'connected');
  const waited = performance.now() - began;
  assert.ok(waited > 20_000 && waited < 30_000, `it waited ${waited} ms`);
  assert.deepEqual(received, []);
  client.on('inputMessage', listener);
  assert.deepEqual(await Promise.all(sent.map(({ settled }) => settled)), ['completed', 'completed']);
  assert.deepEqual(received, [
    ['in', 'one'],
    ['in', 'two'],
  ]);
  assert.deepEqual(
    sent.map(({ deliveryCount }) => deliveryCount),
    [2, 1],
  );
});
