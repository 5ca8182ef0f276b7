'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');

/** So many messages come in: desired patches, and a method call for each hundred. */
const MESSAGES = Number(process.env.EDGE_INBOUND_MESSAGES ?? 1_000_000);
const ROUNDS = 10;

test(`memory does not grow with ${MESSAGES} messages that came in`, async (t) => {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1' }], keep: 0 });
  t.after(() => gateway.close());
  const child = spawn(process.execPath, ['--expose-gc', path.join(__dirname, 'inbound_program.js')], {
    env: { ...process.env, CONNECTION_STRING: gateway.connectionString('d1'), CA: gateway.rootPem },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const round = () => once(child, 'message').then(([report]) => report);
  await round();

  const megabytes = [];
  let version = 1;
  for (let i = 0; i < ROUNDS; i += 1) {
    for (let n = 0; n < MESSAGES / ROUNDS; n += 1) {
      version += 1;
      const patch = JSON.stringify({ [`p${n % 10}`]: version, text: 'x'.repeat(100), $version: version });
      gateway.publish('d1', `$iothub/twin/PATCH/properties/desired/?$version=${version}`, patch, { qos: 0 });
      if (n % 100 === 0) gateway.publish('d1', `$iothub/methods/POST/m/?$rid=${version}`, '{}', { qos: 0 });
      // As fast as the device takes them, and no faster.
      if (n % 1000 === 999) await acknowledged(child, version);
    }
    child.send({ round: true });
    const { rss, patches, calls } = await round();
    assert.deepEqual([patches, calls], [((i + 1) * MESSAGES) / ROUNDS, ((i + 1) * MESSAGES) / ROUNDS / 100]);
    megabytes.push(rss);
  }
  child.send({ end: true });
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  // The first rounds fill caches: of calls that are remembered, and of the allocators.
  assert.ok(megabytes.at(-1) - megabytes[2] < 32, `after each round: ${megabytes} MB`);
  t.diagnostic(`after each ${MESSAGES / ROUNDS} messages: ${megabytes.join(', ')} MB`);
});

/** Resolves when the device has seen this version. */
async function acknowledged(child, version) {
  child.send({ seen: version });
  await once(child, 'message');
}
