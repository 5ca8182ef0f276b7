'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');

const ROOT = path.join(__dirname, '..', '..');
const LOOKED_AT = ['Cargo.toml', 'index.js', 'bin', 'lib', 'src', 'gateway/package.json'];

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-fence-'));
after(() => fs.rmSync(directory, { recursive: true }));

for (const entry of LOOKED_AT) {
  fs.cpSync(path.join(ROOT, entry), path.join(directory, entry), {
    recursive: true,
    filter: (file) => !file.endsWith('.node'),
  });
}

/** What the check says of the copy while `text` stands at the end of `file`, which may be new. */
function checkWith(file, text) {
  const place = path.join(directory, file);
  const before = fs.existsSync(place) ? fs.readFileSync(place) : undefined;
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.appendFileSync(place, text);
  try {
    return check();
  } finally {
    if (before) fs.writeFileSync(place, before);
    else fs.rmSync(place);
  }
}

function check() {
  const script = path.join(ROOT, 'scripts', 'checks', 'fence.js');
  const { status, stderr } = spawnSync(process.execPath, [script, directory], { encoding: 'utf8' });
  return { status, faults: stderr.trim() };
}

test('nobody reaches over the fences', () => {
  assert.deepEqual(check(), { status: 0, faults: '' });
});

for (const [what, file, text, fault] of [
  [
    'an import of a higher room',
    'lib/vocabulary/endpoint.js',
    "require('../plumbing/uncaught');\n",
    'lib/vocabulary/endpoint.js names lib/plumbing/uncaught: plumbing/ is not below vocabulary/',
  ],
  [
    'an import of a room on the same floor',
    'lib/tls/trust.js',
    "require('../session/slab');\n",
    'lib/tls/trust.js names lib/session/slab: session/ is not below tls/',
  ],
  [
    'a type of a higher room',
    'lib/vocabulary/failure.js',
    "/** @typedef {import('../message/message').Message} M */\n",
    'lib/vocabulary/failure.js names lib/message/message: message/ is not below vocabulary/',
  ],
  [
    'a circle inside a room',
    'lib/session/slab.js',
    "require('./session');\n",
    'A circle: lib/session/session.js → lib/session/crossing.js → lib/session/slab.js → lib/session/session.js',
  ],
  [
    'a file beside the rooms',
    'lib/stray.js',
    '',
    'lib/stray.js lies in no room that scripts/checks/rooms.js knows',
  ],
  [
    'a file in an unknown room',
    'lib/utils/stray.js',
    '',
    'lib/utils/stray.js lies in no room that scripts/checks/rooms.js knows',
  ],
  [
    'a user of the add-on who is none',
    'lib/mqtt/identity.js',
    "require('../native/add_on');\n",
    'lib/mqtt/identity.js requires the add-on',
  ],
  [
    'a package',
    'lib/mqtt/identity.js',
    "require('ws');\n",
    'lib/mqtt/identity.js depends on ws; users install nothing besides this package',
  ],
  [
    'a higher room of the core',
    'src/failure/mod.rs',
    'use crate::{sas, tls};\n',
    'src/failure/mod.rs names sas, which is not below failure\n' +
      'src/failure/mod.rs names tls, which is not below failure',
  ],
  [
    'a file in no room of the core',
    'src/utils.rs',
    '',
    'src/utils.rs lies in no room that scripts/checks/core_rooms.js knows',
  ],
  ['Node in the core', 'src/lib.rs', '// napi\n', 'src/lib.rs names napi, which belongs to binding/'],
]) {
  test(`${what} is told`, () => {
    const { status, faults } = checkWith(file, text);
    assert.equal(status, 1);
    assert.equal(faults, fault);
  });
}
