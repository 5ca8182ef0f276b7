'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');
const { describe, test } = require('node:test');
const { chainOfAll } = require('./brokers');
const { HUB, tokenOf } = require('./identity');
const { LocalGateway } = require('./local_gateway');
const { Record, eventually } = require('./record');

// A process that was stopped, or a machine that slept: time went by, and nobody looked at the line.

/** A device in a process of its own, connected by way of a relay. */
async function deviceOf(t, id, limits) {
  const broker = new LocalGateway({});
  await broker.start(await chainOfAll());
  t.after(() => broker.stop());
  broker.register(id);
  const request = {
    number: 1,
    host: 'localhost',
    port: broker.relay.port,
    clientId: id,
    username: `${HUB}/${id}/?api-version=2021-04-12`,
    password: tokenOf(id),
    keepAlive: 180,
  };
  const child = spawn(process.execPath, [path.join(__dirname, 'stopped_device.js')], {
    env: { ...process.env, DEVICE: JSON.stringify({ request, limits, ca: broker.chain.rootPem }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const record = new Record();
  const told = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(line);
    record.emit('change');
  });
  const until = (/** @type {string} */ line) => eventually(record, 'change', line, () => told.includes(line));
  await until('connected');
  return { broker, child, told, until };
}

const POSIX = process.platform === 'win32' ? 'there are no signals that stop a process' : false;

describe('a process that was stopped', { concurrency: true, skip: POSIX }, () => {
  test('reads what came meanwhile before it gives the line up', async (t) => {
    const limits = { pingAfterMs: 200, deadAfterMs: 5_000 };
    const { broker, child, told } = await deviceOf(t, 'stopped1', limits);
    broker.relay.hold('down');
    const before = broker.pings.length;
    await broker.until('a ping that is not answered yet', () => broker.pings.length > before);
    child.kill('SIGSTOP');
    broker.relay.release();
    // The time for the answer passes, and the answer lies in the socket.
    await sleep(limits.deadAfterMs + 1_000);
    child.kill('SIGCONT');
    const then = broker.pings.length;
    await broker.until('it pings on', () => broker.pings.length >= then + 3);
    assert.deepEqual(told.slice(told.indexOf('connected')), ['connected']);
    assert.equal(broker.connects.length, 1);
  });

  test('asks at once whether the gateway is still there, and notices that it is not', async (t) => {
    // Without that it would take a minute and a half.
    const { broker, child, until } = await deviceOf(t, 'stopped2', {});
    child.kill('SIGSTOP');
    broker.relay.hold('up', 'down');
    await sleep(9_000);
    child.kill('SIGCONT');
    await until('lost silent');
    broker.relay.cut('rst');
  });
});
