// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { main, ROOT, StepFailed } = require('./command');
const { releaseNotes } = require('./release/changelog');

/** Prints what CHANGELOG.md says of the version that stands in package.json. */
main(() => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const notes = releaseNotes(fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
  if (!notes) throw new StepFailed(`CHANGELOG.md has no section for ${version}: \`npm version\` makes it`);
  console.log(notes);
});
