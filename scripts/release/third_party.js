// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { StepFailed } = require('../command');
const { linkedCrates } = require('./crates');
const { PARTS } = require('./toolchain_parts');

/** The terms of licences, by their names in SPDX: for what comes without them. */
const TERMS = path.join(__dirname, 'licences');

/** Names of files with words that have to go with the binary. */
const WORDS = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;
/** Where there is a choice, the licence with the shortest duties. */
const PREFERRED = /^licen[cs]e-mit/i;

/** @returns {string} The licences of what is linked into the add-on, each text once. */
function thirdPartyLicenses() {
  /** @type {Map<string, string[]>} By text, whose it is. */
  const texts = new Map();
  const add = (/** @type {string} */ title, /** @type {string[]} */ words) => {
    for (const text of words) texts.set(text, [...(texts.get(text) ?? []), title]);
  };
  for (const crate of linkedCrates()) {
    add(`${crate.name} ${crate.version} (${crate.license})`, wordsOf(crate));
  }
  for (const { name, license, holder } of PARTS) {
    add(`${name} (${license}), Copyright (c) ${holder}`, termsOf(name, license));
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
  if (chosen.length === 0) return termsOf(name, license);
  return chosen.map((file) => textOf(path.join(folder, file)));
}

/**
 * @param {string} name Of what brings no text of its licence.
 * @param {string} license Where there is a choice, the first.
 * @returns {string[]} The terms, and those of an exception.
 * @throws {StepFailed} They are not known.
 */
function termsOf(name, license) {
  const [first] = license.split(' OR ');
  return first.split(' WITH ').map((each) => {
    const file = path.join(TERMS, `${each}.txt`);
    if (fs.existsSync(file)) return textOf(file);
    throw new StepFailed(`${name} has no text of its licence, ${license}: it belongs into ${file}`);
  });
}

/** @param {string} file */
function textOf(file) {
  return fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
}

module.exports = { thirdPartyLicenses };
