'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Message, connect } = require('../..');
const { newClient, openClient, soon, when } = require('../wire/client');
const { hostileServer } = require('./mqtt_server');

/** A megabyte. */
const MB = 1e6;

const spin = (ms) => {
  for (const end = performance.now() + ms; performance.now() < end;);
};
const resting = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts rounds of the event loop. */
function loopRounds(t) {
  const loop = { rounds: 0 };
  let over = false;
  t.after(() => (over = true));
  const next = () => {
    loop.rounds += 1;
    if (!over) setImmediate(next);
  };
  setImmediate(next);
  return loop;
}

test('a flood of messages for a slow listener: the event loop comes round between them', async (t) => {
  const count = 3000;
  const server = await hostileServer(t, { when: 'subscribe', flood: { qos: 1, payload: 200, count } });
  const client = await newClient(t, server, server);
  const loop = loopRounds(t);
  let got = 0;
  let most = 0;
  let round = { of: 0, messages: 0 };
  await new Promise((resolve) => {
    client.on('message', () => {
      if (round.of !== loop.rounds) round = { of: loop.rounds, messages: 0 };
      round.messages += 1;
      most = Math.max(most, round.messages);
      got += 1;
      if (got === count) resolve();
      spin(2);
    });
  });
  // A turn of 10 ms, and one piece more.
  assert.ok(most <= 10, `${most} listeners of 2 ms ran in one round of the event loop`);
});

test('the same for messages that were held before anybody listened, and for loops over messages()', async (t) => {
  const count = 2000;
  const flood = { qos: 1, count };
  const server = await hostileServer(t, { when: 'connect', flood });
  const client = await openClient(t, server, server);
  const device = await connect({ connectionString: server.connectionString, ca: server.chain.rootPem });
  t.after(() => device.close());
  const { sent } = await server.counts();
  assert.equal(sent, 2 * count);
  await soon(
    'the device holds them all',
    waitFor(() => device.stats().held === count),
  );
  const loop = loopRounds(t);
  let round = { of: 0, messages: 0 };
  let most = 0;
  let got = 0;
  const take = () => {
    if (round.of !== loop.rounds) round = { of: loop.rounds, messages: 0 };
    round.messages += 1;
    most = Math.max(most, round.messages);
    got += 1;
    spin(1);
  };
  const all = new Promise((resolve) => {
    client.on('message', () => {
      take();
      if (got === count) resolve();
    });
  });
  await all;
  for await (const message of device.messages()) {
    take(message);
    if (got === 2 * count) break;
  }
  assert.ok(most <= 20, `${most} of 1 ms in one round of the event loop`);
});

test('beside a session whose messages are acknowledged by the thousand another has its turn', async (t) => {
  const server = await hostileServer(t, {});
  const busy = await openClient(t, server, server);
  const healthy = await openClient(t, server, server);
  const count = 60_000;
  let done = 0;
  const flood = new Promise((resolve) => {
    for (let n = 0; n < count; n += 1) {
      busy.sendEvent(new Message('x'), () => {
        done += 1;
        spin(0.02);
        if (done === count) resolve();
      });
    }
  });
  const between = [];
  while (done < count / 2) {
    const before = done;
    await healthy.sendEvent(new Message('y'));
    between.push(done - before);
  }
  await flood;
  between.sort((a, b) => a - b);
  // A round trip takes some turns of 10 ms, in each of which the other has 500 at most.
  const usual = between[between.length >> 1];
  assert.ok(usual <= 6000, `${usual} callbacks of the other came before one of its own`);
  assert.ok(between.length >= 5, `${between.length} round trips`);
});

for (const [what, flood] of [
  ['empty messages', { count: 200_000 }],
  ['messages of 200 bytes', { count: 100_000, payload: 200 }],
  ['messages of one id', { count: 60_000, payload: 100, properties: '%24.mid=same' }],
]) {
  for (const qos of [0, 1]) {
    test(`an app that does not listen holds little: ${what}, QoS ${qos}`, async (t) => {
      const server = await hostileServer(t, { flood: { ...flood, qos } });
      const client = await openClient(t, server, server);
      const before = process.memoryUsage.rss();
      let most = 0;
      for (let sent = 0; sent < flood.count || (await answers(client)) !== 'acknowledged';) {
        ({ sent } = await server.counts());
        most = Math.max(most, process.memoryUsage.rss() - before);
        await resting(20);
      }
      most = Math.max(most, process.memoryUsage.rss() - before);
      assert.ok(most < 100 * MB, `${Math.round(most / MB)} MB`);
      await soon('it is closed', client.close());
    });
  }
}

test('an app that is busy for long holds little, and has everything afterwards', async (t) => {
  const count = 200_000;
  const server = await hostileServer(t, { when: 'subscribe', flood: { qos: 1, count } });
  const client = await newClient(t, server, server);
  let got = 0;
  const all = new Promise((resolve) => {
    client.on('message', () => {
      got += 1;
      if (got === count) resolve();
    });
  });
  await once(client, 'connect');
  await waitFor(() => got > 0);
  const before = process.memoryUsage.rss();
  spin(1500);
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 20 * MB, `${Math.round(grown / MB)} MB while nothing was taken`);
  await all;
});

test('close() waits for no listener that has yet to come', async (t) => {
  const server = await hostileServer(t, {
    when: 'subscribe',
    flood: { qos: 1, payload: 100, count: 20_000 },
  });
  const client = await newClient(t, server, server);
  let got = 0;
  client.on('message', () => {
    got += 1;
    spin(5);
  });
  await waitFor(() => got >= 3);
  await client.close();
  const after = got;
  assert.ok(got < 1000, `${got} messages came before the end`);
  await resting(50);
  assert.equal(got, after, 'none comes after it');
});

for (const [what, hex] of [
  ['a packet of no type', '0000'],
  ['CONNACK again', '20020000'],
  ['a CONNECT', '100c00044d5154540400000000'],
  ['PUBREC', '50020001'],
  ['a message of QoS 2', '3406000161000178'],
  ['a message of QoS 3', '3606000161000178'],
  ['a message without a topic', '3003000078'],
  ['a topic longer than its packet', '3003ffff78'],
  ['a topic that is no UTF-8', '30050002c32878'],
  ['a message of QoS 1 without an id', '3203000161'],
  ['a length of five bytes', '30ffffffff01'],
  ['a header without an end', '32ffffffffffffffffffff'],
  ['a message of 256 MB, announced', '30ffffff7f'],
  ['an empty PUBACK', '4000'],
  ['an empty SUBACK', '9000'],
]) {
  test(`odd packets end the connection, by name: ${what}`, async (t) => {
    const server = await hostileServer(t, { hex });
    const client = await newClient(t, server, server);
    const lost = when(client, 'state', ({ state, reason }) => state === 'waiting' && reason);
    await client.open();
    const { reason } = await soon('it is lost', lost);
    assert.deepEqual([reason.name, reason.code], ['NotConnectedError', 'ERR_IOT_PROTOCOL'], reason.message);
  });
}

for (const [what, hex] of [
  ['PUBACKs of ids that nobody uses', '4002000140020002400200ff4002ffff'],
  ['a SUBACK of an id that nobody uses', '9003123401'],
  ['an UNSUBACK of an id that nobody uses', 'b0021234'],
  ['PINGRESPs that nobody asked for', 'd000d000d000'],
  ['a message of an empty body, and one to another device', '300300016130060004782f792f'],
]) {
  test(`what means nothing does no harm: ${what}`, async (t) => {
    const server = await hostileServer(t, { hex });
    const client = await openClient(t, server, server);
    await client.sendEvent(new Message('x'));
    assert.equal((await server.counts()).connections, 1);
  });
}

/** What becomes of a message sent now. */
async function answers(client) {
  return client.sendEvent(new Message('x')).then(
    () => 'acknowledged',
    (error) => error.code,
  );
}

async function waitFor(holds) {
  while (!holds()) await resting(5);
}
