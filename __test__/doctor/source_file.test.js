'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, describe, it } = require('node:test');
const { readArguments } = require('../../lib/doctor/arguments');
const { connectionStringTo } = require('./surroundings');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-source-'));
after(() => fs.rmSync(folder, { recursive: true }));

const GIVEN = connectionStringTo('gateway.local');
const OTHER = connectionStringTo('gateway.local', { DeviceId: 'd2' });

let files = 0;
/** @param {string | Buffer} content */
function read(content) {
  const file = path.join(folder, `${++files}.txt`);
  fs.writeFileSync(file, content);
  return readArguments([file]).options.connectionString;
}

const utf16le = (/** @type {string} */ text) => Buffer.from(`\ufeff${text}`, 'utf16le');
const ENV = `# of the device\r\nNODE_ENV=production\r\nIOTHUB_DEVICE_CONNECTION_STRING="${GIVEN}"\r\nX=1\r\n`;

describe('a file with a connection string', () => {
  /** @type {Record<string, string | Buffer>} */
  const same = {
    alone: GIVEN,
    'with a line end': `${GIVEN}\r\n`,
    'in UTF-8 with a mark': `\ufeff${GIVEN}`,
    'in UTF-16, as PowerShell writes it': utf16le(`${GIVEN}\r\n`),
    'in UTF-16, the other way round': utf16le(GIVEN).swap16(),
    'in UTF-16, cut off within a character': Buffer.concat([utf16le(GIVEN), Buffer.from('\n')]),
    'among variables': ENV,
    'among variables, in UTF-16': utf16le(ENV),
    'exported by a script': `#!/bin/sh\nexport CS='${GIVEN}'\nnode app.js\n`,
    'beside one that is a comment': `# ${OTHER}\n${GIVEN}\n`,
    'beside the name of the gateway': `GATEWAY=gateway.local\nHostName=hub\n${GIVEN}\n`,
  };
  for (const [name, content] of Object.entries(same)) {
    it(`is read ${name}`, () => assert.equal(read(content), GIVEN));
  }

  it('is read with its fields in another order', () => {
    const turned = GIVEN.split(';').reverse().join(';');
    assert.equal(read(`A=1\n${turned}\n`), turned);
  });

  it('is left as it is in several lines, for the doctor to tell', () => {
    const lines = GIVEN.replaceAll(';', ';\n');
    assert.equal(read(lines), lines);
  });

  it('is asked for where it holds several, by their lines, without showing them', () => {
    const several = () => read(`A=1\nOLD=${OTHER}\n\nIOTHUB_DEVICE_CONNECTION_STRING="${GIVEN}"\n`);
    assert.throws(several, {
      message: 'The file has 2 connection strings, in lines 2, 4',
      hint: 'Leave one in it, or give the one that is meant.',
    });
  });
});
