'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { it } = require('node:test');
const { doctor } = require('../../lib/doctor/command');
const { KEY, connectionStringTo } = require('./surroundings');

/** Where there is no report, nothing is said of the device: neither by words nor by the exit code. */

/** @returns {any} What a command writes to, and what was written. */
function stream() {
  const written = /** @type {string[]} */ ([]);
  return { written, write: (/** @type {string} */ text) => written.push(text) };
}

for (const args of [[], ['--json']]) {
  it(`what nobody expected is one line and exit code 3, with ${args[0] ?? 'words'}`, async () => {
    const [stdout, stderr] = [stream(), stream()];
    const env = Object.defineProperty({}, 'IOTHUB_DEVICE_CONNECTION_STRING', {
      get() {
        throw new TypeError(`of nothing\nin SharedAccessKey=${KEY}`);
      },
    });
    assert.equal(await doctor(args, /** @type {any} */ ({ stdout, stderr, env })), 3);
    assert.equal(stdout.written.join('').trim(), '');
    const [line, ...more] = stderr.written;
    assert.deepEqual(more, []);
    assert.match(
      line,
      /^The doctor itself failed.*TypeError: of nothing in .*own_failure\.test\.js:\d+.*\n$/,
    );
    assert.ok(!line.includes(KEY));
  });
}

it('a report that cannot be written ends with 3, and says so', () => {
  const full = fs.openSync('/dev/full', 'w');
  const program = path.join(__dirname, '..', '..', 'bin', 'edge-downstream.js');
  const args = ['doctor', '--json', connectionStringTo('256.1.1.1')];
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
    stdio: ['ignore', full, 'pipe'],
  });
  fs.closeSync(full);
  assert.match(String(stderr), /^The report cannot be written: the disk is full \(ENOSPC\)\.\n$/);
  assert.equal(status, 3);
});
