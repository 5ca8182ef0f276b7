'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { gatewayFor, launch } = require('./child');

/**
 * What keeps a process alive, and what does not. A timer that is unref'ed does not: it fires only if something else
 * keeps the process until then.
 */

/** @returns {Promise<string[]>} What it said, and that it ended by itself. */
async function outputOf(t, gateway, program) {
  const { code, signal, stdout, stderr } = await launch(t, gateway, program).ended;
  assert.deepEqual([code, signal, stderr], [0, null, '']);
  return stdout;
}

/** @param {string} name */
function alive(name, body) {
  test(name, { timeout: 30_000 }, body);
}

alive('a client that was never opened does not', async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    client.on('error', console.error).on('disconnect', console.error).on('connect', console.error);
    setTimeout(() => console.log('still alive'), 10_000).unref();
  `;
  assert.deepEqual(await outputOf(t, gateway, program), []);
  assert.equal(gateway.counts.connections, 0);
});

alive('an open client does; once it is closed, not', async (t) => {
  const program = `
    client.open(() => {
      setTimeout(() => {
        console.log('still alive');
        client.close(() => console.log('closed'));
      }, 300).unref();
    });
    process.on('exit', () => console.log('ended'));
  `;
  assert.deepEqual(await outputOf(t, await gatewayFor(t), program), ['still alive', 'closed', 'ended']);
});

alive('a device of connect() does; once it is closed, not', async (t) => {
  const program = `
    connect({ connectionString: process.env.CONNECTION_STRING, ca: process.env.CA }).then(async (device) => {
      await new Promise((resolve) => setTimeout(resolve, 300).unref());
      console.log('still alive');
      await device.close();
      console.log('closed');
    });
  `;
  assert.deepEqual(await outputOf(t, await gatewayFor(t), program), ['still alive', 'closed']);
});

alive('a client with listeners, that has sent and received, ends with close()', async (t) => {
  const gateway = await gatewayFor(t);
  gateway.sendC2D('d1', 'hello');
  const program = `
    client.on('message', async (message) => {
      console.log(String(message.data));
      await client.sendEvent(new Message('thanks'));
      await client.close();
    });
  `;
  assert.deepEqual(await outputOf(t, gateway, program), ['hello']);
  assert.equal(String((await gateway.waitForMessages(1))[0].body), 'thanks');
});

alive('a client that could not connect does not', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connack: { code: 5 } } });
  const program = 'client.open((error) => console.log(error.code));';
  assert.deepEqual(await outputOf(t, gateway, program), ['ERR_IOT_NOT_AUTHORIZED']);
});

alive('a message under way does, until it is acknowledged', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { delayMs: 300 } } });
  const program = `
    client.sendEvent(new Message('x'), (error, result) => {
      console.log(result.constructor.name);
      client.close();
    });
  `;
  assert.deepEqual(await outputOf(t, gateway, program), ['MessageEnqueued']);
});

alive('an app that is busy meanwhile hears of its connection before what came by it', async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    client.on('connect', () => console.log('connect'));
    client.open(() => console.log('open'));
    client.sendEvent(new Message('x'), () => {
      console.log('sent');
      client.close();
    });
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500), 1);
  `;
  assert.deepEqual(await outputOf(t, gateway, program), ['connect', 'open', 'sent']);
});

alive('close() waits for the messages under way, and then lets the process end', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { delayMs: 300 } } });
  const program = `
    client.open(() => {
      client.sendEvent(new Message('x'), (error, result) => console.log(result.constructor.name));
      client.close(() => console.log('closed'));
    });
  `;
  assert.deepEqual(await outputOf(t, gateway, program), ['MessageEnqueued', 'closed']);
});

alive('a message that waits for the gateway to come back does', async (t) => {
  const publish = (n, packet, { connectionNumber }) =>
    connectionNumber < 3 ? 'reset-before-store' : undefined;
  const gateway = await gatewayFor(t, { faults: { publish } });
  const program = `
    client.open(() => {
      client.sendEvent(new Message('x'), (error, result) => {
        console.log(result.constructor.name);
        client.close();
      });
    });
  `;
  assert.deepEqual(await outputOf(t, gateway, program), ['MessageEnqueued']);
  assert.equal(gateway.counts.connections, 3);
});

alive('a lost client whose policy gives up does not', async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    client.setRetryPolicy(new NoRetry());
    client.on('disconnect', ({ constructor, transportObj }) => console.log(constructor.name, transportObj.code));
    client.open();
  `;
  gateway.once('connected', () => gateway.cut('d1', 'rst'));
  assert.deepEqual(await outputOf(t, gateway, program), ['Disconnected ERR_IOT_CONNECTION_RESET']);
});

alive('close() while connecting lets the process end', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connack: 'silent' } });
  const gone = once(gateway, 'refused');
  const program = `
    client.on('state', ({ stage }) => {
      if (stage === 'connack') client.close(() => console.log('closed'));
    });
    client.open((error) => console.log(error.code));
  `;
  assert.deepEqual((await outputOf(t, gateway, program)).sort(), ['ERR_IOT_OPEN_CANCELLED', 'closed']);
  await gone;
});

alive('closed, opened and closed again', async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    (async () => {
      for (let i = 0; i < 3; i++) {
        await client.open();
        console.log((await client.close()).constructor.name);
      }
      console.log((await client.close()).constructor.name);
    })();
  `;
  assert.deepEqual(await outputOf(t, gateway, program), Array(4).fill('Disconnected'));
  assert.equal(gateway.counts.connections, 3);
});

alive('the disconnection is clean: the gateway gets a DISCONNECT', async (t) => {
  const gateway = await gatewayFor(t);
  const left = once(gateway, 'disconnected');
  await outputOf(t, gateway, 'client.open(() => client.close());');
  assert.match((await left)[0].reason, /DISCONNECT/);
});
