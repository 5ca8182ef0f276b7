'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { test } = require('node:test');
const { promisify } = require('node:util');

/** Runs a program that has `client`, `transport` and `QuickPolicy`; what it prints. */
async function run(program) {
  const prelude = `
    const { Client } = require('./lib/client/client');
    const { Message } = require('./lib/message/message');
    const { NotConnectedError } = require('./lib/vocabulary/errors');
    const { KeptTransport, QuickPolicy } = require('./__test__/client/fake_transport');
    const client = Client.fromConnectionString('HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0', KeptTransport);
    const transport = client._transport;
    const hold = setInterval(() => {}, 1 << 30); // as a connected transport does
  `;
  const cwd = require('node:path').join(__dirname, '..', '..');
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', prelude + program], {
    cwd,
    timeout: 20_000,
  });
  return stdout;
}

test('a client that waits for its reconnection keeps the process alive', async () => {
  const output = await run(`
    client.setRetryPolicy(new QuickPolicy(Infinity, 300));
    client.open(() => {
      client.on('connect', () => console.log('reconnected'));
      clearInterval(hold);
      transport.lose();
    });
  `);
  assert.equal(output, 'reconnected\n');
});

test('a connected client adds nothing to what the transport holds, token renewal included', async () => {
  const output = await run(`
    client.open(async () => {
      await transport.authenticationProvider.getDeviceCredentials();
      client.on('message', () => {});
      clearInterval(hold);
      process.on('exit', () => console.log('ended by itself'));
    });
  `);
  assert.equal(output, 'ended by itself\n');
});

test('a closed client lets the process end', async () => {
  const output = await run(`
    client.setRetryPolicy(new QuickPolicy(Infinity, 100_000_000));
    client.open(() => {
      clearInterval(hold);
      transport.lose();
      client.close(() => console.log('closed'));
    });
  `);
  assert.equal(output, 'closed\n');
});
