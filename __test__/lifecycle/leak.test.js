'use strict';

const assert = require('node:assert/strict');
const { existsSync } = require('node:fs');
const { test } = require('node:test');
const { gatewayFor, launch } = require('./child');

/** What opening and closing leaves behind in a process: nothing. */

/** The driver, and four for what blocks (src/runtime.rs). */
const MOST_THREADS = 5;

/** What Node calls its own threads: by its own name, and from 24 on by what each does. */
const OF_NODE = /^(node|(node-)?(MainThread|V8Worker)|DelayedTaskSche|SignalInspector|libuv.*)$/;

const COUNTING = `
  const fs = require('node:fs');
  const threads = () => fs.readdirSync('/proc/self/task').map((id) => {
    return fs.readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim();
  });
  const ours = () => threads().filter((name) => !${OF_NODE}.test(name));
  const handles = () => process.getActiveResourcesInfo().filter((kind) => !/^(TTY|Pipe)Wrap$/.test(kind)).sort();
  /** A socket is closed by the driver's thread, perhaps a moment after we heard of it. */
  const descriptors = async (expected = -1) => {
    for (let tries = 0; ; tries++) {
      const count = fs.readdirSync('/proc/self/fd').length;
      if (expected < 0 || count <= expected || tries > 10_000) return count;
      await new Promise(setImmediate);
    }
  };
`;
const linux = {
  skip: existsSync('/proc/self/task') ? false : 'threads are counted in /proc',
  timeout: 60_000,
};

async function factsOf(t, gateway, program, flags) {
  const { code, signal, stdout, stderr } = await launch(t, gateway, COUNTING + program, flags).ended;
  assert.deepEqual([code, signal, stderr], [0, null, '']);
  return JSON.parse(stdout.at(-1));
}

test('one client, opened and closed 50 times', linux, async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    (async () => {
      await client.open();
      const one = await descriptors();
      await client.close();
      const before = { handles: handles(), descriptors: await descriptors(one - 1) };
      let most = 0;
      for (let i = 0; i < 50; i++) {
        await client.open();
        await client.sendEvent(new Message('x'));
        most = Math.max(most, ours().length);
        await client.close();
      }
      const after = { handles: handles(), descriptors: await descriptors(before.descriptors) };
      console.log(JSON.stringify({ before, most, after }));
    })();
  `;
  const { before, most, after } = await factsOf(t, gateway, program);
  assert.equal(gateway.counts.connections, 51);
  assert.ok(most <= MOST_THREADS, `${most} threads`);
  assert.deepEqual(after, before);
});

test('50 clients one after the other, each of which the garbage collector takes', linux, async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    (async () => {
      const clients = [];
      const openOne = async () => {
        const one = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
        one.on('message', () => {});
        await one.setOptions({ ca: process.env.CA });
        await one.open();
        await one.close();
        clients.push(new WeakRef(one), new WeakRef(one._transport));
      };
      await openOne();
      const before = { handles: handles(), descriptors: await descriptors() };
      for (let i = 0; i < 50; i++) await openOne();
      const after = { handles: handles(), descriptors: await descriptors(before.descriptors) };
      let alive = clients.length;
      for (let tries = 0; alive > 2 && tries < 200; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        global.gc();
        alive = clients.filter((reference) => reference.deref()).length;
      }
      console.log(JSON.stringify({ before, after, alive }));
    })();
  `;
  const { before, after, alive } = await factsOf(t, gateway, program, ['--expose-gc']);
  assert.deepEqual(after, before);
  assert.ok(alive <= 2, `${alive} of 102 objects are kept`);
});

test('a connected client goes on when nobody refers to it any more', linux, async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    (function forget() {
      const one = Client.fromConnectionString(process.env.CONNECTION_STRING, Mqtt);
      one.setOptions({ ca: process.env.CA });
      one.on('message', (message) => {
        console.log(JSON.stringify(String(message.data)));
        one.close();
      });
    })();
    let collections = 0;
    const collecting = setInterval(() => {
      global.gc();
      collections += 1;
      if (collections < 20) return;
      clearInterval(collecting);
      console.log('collected');
    }, 10).unref();
  `;
  const running = launch(t, gateway, program, ['--expose-gc']);
  await running.said('collected');
  gateway.sendC2D('d1', 'hello');
  const { code, stdout, stderr } = await running.ended;
  assert.deepEqual([code, stdout, stderr], [0, ['collected', '"hello"'], '']);
});

test('20 clients at once share one thread', linux, async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    (async () => {
      await client.open();
      const one = await descriptors();
      await client.close();
      const idle = await descriptors(one - 1);
      const clients = Array.from({ length: 20 }, (_, index) => {
        const text = process.env.CONNECTION_STRINGS.split(' ')[index];
        const each = Client.fromConnectionString(text, Mqtt);
        each.setOptions({ ca: process.env.CA });
        return each;
      });
      await Promise.all(clients.map((each) => each.open()));
      await Promise.all(clients.map((each, index) => each.sendEvent(new Message(String(index)))));
      const drivers = ours();
      await Promise.all(clients.map((each) => each.close()));
      console.log(JSON.stringify({ idle, drivers, after: await descriptors(idle), left: handles() }));
    })();
  `;
  const strings = Array.from({ length: 20 }, (_, index) => gateway.connectionString(`d${index + 1}`));
  process.env.CONNECTION_STRINGS = strings.join(' ');
  t.after(() => delete process.env.CONNECTION_STRINGS);
  const { idle, drivers, after, left } = await factsOf(t, gateway, program);
  assert.equal((await gateway.waitForMessages(20)).length, 20);
  assert.ok(drivers.length <= MOST_THREADS, `threads: ${drivers}`);
  assert.equal(after, idle);
  assert.deepEqual(left, []);
});
