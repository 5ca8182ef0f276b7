'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

const LIB = path.join(__dirname, '../../lib');
const loaded = () =>
  Object.keys(require.cache)
    .filter((file) => file.startsWith(path.join(LIB, 'failures')))
    .map((file) => path.basename(file));

test('a device that connects, sends and closes does not load what tells failures; one that cannot connect does', async (t) => {
  const gateway = await startGateway({ chain: await createChain(SMALL), devices: [{ deviceId: 'd1' }] });
  t.after(() => gateway.close());
  const options = { connectionString: gateway.connectionString('d1'), ca: gateway.rootPem };
  const device = await connect(options);
  await device.sendEvent('hello');
  await device.close();
  assert.deepEqual(loaded(), []);
  gateway.disableDevice('d1');
  await assert.rejects(connect(options), { code: 'ERR_IOT_NOT_AUTHORIZED' });
  assert.ok(loaded().includes('connection_failure.js'));
});
