'use strict';

const assert = require('node:assert/strict');
const { startGateway } = require('../../gateway');
const { Message, ModuleClient, Mqtt } = require('../..');
const { chain, until } = require('./cloud_setting');
const { quickly, upTo } = require('./client');

const ROUTE =
  'FROM /messages/modules/out/outputs/numbers INTO BrokeredEndpoint("/modules/in/inputs/numbers")';
/** Messages under way at once. */
const WINDOW = 200;
/** Between cuts, on either line. Milliseconds. */
const LONGEST_PEACE_MS = 150;

/**
 * Numbered messages go out of one module and, by a route, into another, while both lines are cut again and again: what became
 * of them.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ count: number, random: ReturnType<typeof import('../model/random').randomOf> }} program
 */
async function moduleChaos(t, { count, random }) {
  const gateway = await startGateway({
    chain: await chain,
    devices: [{ deviceId: 'edge', modules: [{ moduleId: 'out' }, { moduleId: 'in' }] }],
    routes: { numbers: ROUTE },
    keep: 0,
  });
  t.after(() => gateway.close());
  const [sender, receiver] = await Promise.all(['out', 'in'].map((name) => clientOf(t, gateway, name)));

  /** What the receiver was given: the number, and whether the sender had repeated it. */
  const received = [];
  const seen = new Set();
  receiver.on('inputMessage', (input, message) => {
    assert.equal(input, 'numbers');
    const n = Number(message.data);
    received.push({ n, repeat: message.properties.getValue('mqtt-dup') !== undefined });
    seen.add(n);
  });
  await receiver.open();
  await until('the receiver listens', () => gateway.connections()[0]?.subscriptions.length > 0);

  const told = new Uint8Array(count);
  const cuts = { out: 0, in: 0 };
  let sent = 0;
  let done = 0;
  /** Unacknowledged when the sender's line was cut. */
  const excused = new Set();
  const war = async () => {
    while (seen.size < count) {
      await new Promise((resolve) => setTimeout(resolve, 1 + random.below(LONGEST_PEACE_MS)));
      const who = done < count ? random.of(['out', 'in']) : 'in';
      if (!gateway.connections().some(({ clientId }) => clientId === `edge/${who}`)) continue;
      cuts[who] += 1;
      if (who === 'out') for (const n of upTo(sent)) if (told[n] === 0) excused.add(n);
      gateway.cut(`edge/${who}`, random.of(['fin', 'rst']));
    }
  };
  const sending = new Promise((resolve, reject) => {
    const send = () => {
      const n = sent++;
      sender.sendOutputEvent('numbers', new Message(String(n)), (error) => {
        if (error) {
          reject(error);
          return;
        }
        told[n] += 1;
        done += 1;
        if (sent < count) send();
        else if (done === count) resolve(undefined);
      });
    };
    while (sent < Math.min(WINDOW, count)) send();
  });
  await Promise.all([sending, war()]);
  return { told, received, excused, cuts };
}

async function clientOf(t, gateway, name) {
  const client = ModuleClient.fromConnectionString(gateway.connectionString(`edge/${name}`), Mqtt);
  t.after(() => client.close());
  client.setRetryPolicy(quickly);
  await client.setOptions({ ca: gateway.rootPem });
  return client;
}

/**
 * None that was acknowledged is missing, none is told twice; repeats are only of what was unacknowledged at a cut; and the
 * order of first receptions is that of sending.
 *
 * @param {Awaited<ReturnType<typeof moduleChaos>>} outcome
 */
function assertNothingLost({ told, received, excused, cuts }) {
  assert.ok(told.every((times) => times === 1));
  const first = [];
  const known = new Set();
  let redelivered = 0;
  received.forEach(({ n, repeat }, i) => {
    if (!known.has(n)) {
      known.add(n);
      first.push(n);
    } else if (repeat && excused.has(n)) {
      // Sent again by the sender, because it had not been acknowledged.
    } else {
      // Sent again by the gateway, which sends one after the other: nothing came in between.
      assert.equal(received[i - 1].n, n, `${n} came again, behind ${received[i - 1].n}`);
      redelivered += 1;
    }
  });
  assert.deepEqual(first, upTo(told.length));
  assert.ok(redelivered <= cuts.in, `${redelivered} came again, of ${cuts.in} cuts`);
}

module.exports = { assertNothingLost, moduleChaos };
