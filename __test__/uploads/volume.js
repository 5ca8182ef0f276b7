'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const { createChain, startHub } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

/** What an upload may add to the memory of a process, however large: four blocks on their way, and as many read ahead. MB. */
const MOST_GROWTH = 48;

/**
 * A stream in a process of its own, to a hub in this one.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} megabytes
 */
async function uploadsFlatly(t, megabytes) {
  const chain = await createChain({ ...SMALL, certificates: { server: { names: ['localhost'] } } });
  const hub = await startHub({ chain, devices: [{ deviceId: 'd1' }] });
  t.after(() => hub.close());
  const env = {
    ...process.env,
    MEGABYTES: String(megabytes),
    CONNECTION_STRING: hub.connectionString('d1'),
    CA: hub.rootPem,
  };
  const program = path.join(__dirname, 'volume_program.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  const { quarters, greatest, sha256 } = JSON.parse(stdout);
  const blob = hub.blob('uploads/d1/volume.bin');
  assert.deepEqual([blob.sha256, blob.content.length], [sha256, megabytes * 2 ** 20]);
  t.diagnostic(`resident at the quarters: ${quarters.join(', ')} MB; at most ${greatest} MB`);
  assert.equal(quarters.length, 4);
  assert.ok(greatest - quarters[0] <= MOST_GROWTH, `${quarters}, at most ${greatest}`);
}

module.exports = { uploadsFlatly };
