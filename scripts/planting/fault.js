// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { StepFailed } = require('../command');

/**
 * A fault to plant.
 *
 * @typedef {object} Fault
 * @property {string} name What goes wrong.
 * @property {Edit[]} edits
 * @property {Check} check What must see it.
 * @property {'fails' | 'passes'} [outcome] Of the check; default `fails`. `passes`: the edits are no fault but a situation
 *   that the code must master.
 *
 * @typedef {{ file: string, find: string, replace: string }} Edit The text `find` stands in `file`, which is relative to
 *   the root, exactly once.
 *
 * A check passes without the edits. With a fault it fails, and what it prints then matches `says`: so that the fault is
 * seen for what it is, and something else that breaks is not taken for it. In a situation `says` shows that it ran.
 *
 * @typedef {{ cargo: string, says: RegExp }} CargoCheck Tests of the core whose names contain this.
 * @typedef {{ node: string, says: RegExp }} NodeCheck A test file. Where an edit is in Rust, it runs over an add-on made of it.
 * @typedef {CargoCheck | NodeCheck} Check
 */

/**
 * @param {string} text
 * @param {Edit} edit
 * @returns {string} The text with the edit.
 * @throws {StepFailed} Its place is gone, or not the only one.
 */
function edited(text, { file, find, replace }) {
  const places = text.split(find).length - 1;
  if (find === '' || places !== 1) {
    throw new StepFailed(`${file} has ${places} places, not one, that read\n${find}`);
  }
  return text.replace(find, () => replace);
}

/**
 * All files that the edits of a fault change.
 *
 * @param {string} root
 * @param {Fault} fault
 * @returns {Map<string, string>} Their text with the edits, by name.
 */
function editedFiles(root, fault) {
  const files = new Map();
  for (const edit of fault.edits) {
    const before = files.get(edit.file) ?? fs.readFileSync(path.join(root, edit.file), 'utf8');
    files.set(edit.file, edited(before, edit));
  }
  return files;
}

module.exports = { edited, editedFiles };
