// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { linkedCrates } = require('./crates');

/** Names of files with words that have to go with the binary. */
const WORDS = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;
/** Where there is a choice, the licence with the shortest duties. */
const PREFERRED = /^licen[cs]e-mit/i;

/** @returns {string} The licences of what is linked into the add-on, each text once. */
function thirdPartyLicenses() {
  /** @type {Map<string, string[]>} By text, the crates. */
  const texts = new Map();
  for (const crate of linkedCrates()) {
    const title = `${crate.name} ${crate.version} (${crate.license})`;
    for (const text of wordsOf(crate)) texts.set(text, [...(texts.get(text) ?? []), title]);
  }
  const sections = Array.from(texts, ([text, titles]) => `${titles.join('\n')}\n\n${text}\n`);
  return `What others wrote of the add-on, on some platform at least.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** @param {import('./crates').Crate} crate @returns {string[]} */
function wordsOf({ name, license, folder }) {
  const files = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && WORDS.test(entry.name))
    .map((entry) => entry.name);
  const preferred = files.filter((file) => license.includes(' OR ') && PREFERRED.test(file));
  const chosen = preferred.length > 0 ? preferred : files;
  if (chosen.length === 0) return [`The package of ${name} has no text of its licence; it names ${license}.`];
  return chosen.map((file) =>
    fs.readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim(),
  );
}

module.exports = { thirdPartyLicenses };
