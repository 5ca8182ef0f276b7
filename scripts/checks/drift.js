// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { main, ROOT, run, StepFailed, tool } = require('../command');

/** Generated from `binding/` and committed; git and npm carry the same files. */
const GENERATED = ['binding.js', 'binding.d.ts'];

/** Generates the files anew, elsewhere, and compares. */
main(() => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-drift-'));
  try {
    run(
      ...tool('@napi-rs/cli/dist/cli.js', [
        ...['build', '--platform', '--release', '--package', 'edge-downstream-binding'],
        ...['--output-dir', directory, '--js', GENERATED[0], '--dts', GENERATED[1]],
      ]),
    );
    const read = (/** @type {string} */ file) => fs.readFileSync(file, 'utf8');
    const drifted = GENERATED.filter(
      (name) => read(path.join(directory, name)) !== read(path.join(ROOT, 'lib', 'native', name)),
    );
    if (drifted.length > 0) {
      const names = drifted.map((name) => `lib/native/${name}`).join(', ');
      throw new StepFailed(`Not what binding/ generates: ${names}. Run \`npm run build\` and commit.`);
    }
    console.log('The generated files are what binding/ generates.');
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
