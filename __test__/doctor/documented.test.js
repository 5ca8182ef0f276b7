'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { it } = require('node:test');
const { CAUSES } = require('../../lib/doctor/causes');
const { STEPS } = require('../../lib/doctor/steps');

const ROOT = path.join(__dirname, '..', '..');
const page = fs.readFileSync(path.join(ROOT, 'docs', 'doctor.md'), 'utf8');

/** @param {string} heading */
function rows(heading) {
  const [section] = page.split(`\n## ${heading}\n`)[1].split('\n## ');
  const cells = section.matchAll(/^\| `([\w-]+)` \| ([^|]+)(?:\| ([^|]+))?\|$/gm);
  const all = Array.from(cells, ([, code, ...rest]) => [code, ...rest.map((cell) => cell?.trim())]);
  return all.filter(([code]) => code !== 'code');
}

it('docs/doctor.md has every finding with its severity, in the order of likelihood', () => {
  const documented = rows('Findings');
  assert.deepEqual(
    documented.map(([code, severity]) => [code, severity]),
    Object.entries(CAUSES),
  );
  for (const [code, , meaning] of documented) assert.match(meaning, /^\S.{10,}\.$/, code);
});

it('docs/doctor.md has every step, in its order', () => {
  assert.deepEqual(
    rows('The steps').map(([name]) => name),
    STEPS.map(({ name }) => name),
  );
});

it('the findings of the code are those of the table', () => {
  const sources = files(path.join(ROOT, 'lib', 'doctor'));
  const code = sources
    .filter((file) => !file.endsWith('causes.js'))
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('\n');
  for (const cause of Object.keys(CAUSES)) {
    const [, stem] = /^(clock)-(?:ahead|behind)$/.exec(cause) ?? [];
    const written = code.includes(`'${cause}'`) || (stem && code.includes(`\`${stem}-\${direction}\``));
    assert.ok(written, `${cause} is never found`);
  }
});

/**
 * @param {string} directory
 * @returns {string[]}
 */
function files(directory) {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    return entry.isDirectory() ? files(file) : [file];
  });
}
