// @ts-check
'use strict';

/**
 * What compilers link into the add-on besides crates.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} license As SPDX writes it.
 * @property {string} holder Of the copyright.
 */

/** @type {Part[]} */
const PARTS = [
  {
    name: 'Rust standard library, with the crates it is made of',
    license: 'MIT OR Apache-2.0',
    holder: 'The Rust Project Contributors',
  },
  // On Linux, where zig links: the unwinder is part of the file.
  {
    name: 'LLVM libunwind and compiler-rt',
    license: 'Apache-2.0 WITH LLVM-exception',
    holder: 'The LLVM contributors',
  },
];

module.exports = { PARTS };
