// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * Sources as the fences see them: which files there are, and whom each names. All paths are relative to the root, with
 * slashes.
 */
class Sources {
  #root;

  /** @param {string} root A checkout, or a copy of one. */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string} file */
  read(file) {
    return fs.readFileSync(path.join(this.#root, file), 'utf8');
  }

  /**
   * @param {string} folder
   * @param {RegExp} pattern
   * @returns {string[]}
   */
  files(folder, pattern) {
    return fs.readdirSync(path.join(this.#root, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : this.files(name, pattern);
      return pattern.test(entry.name) ? [name] : [];
    });
  }

  /**
   * @param {string} file
   * @returns {string[]} What it requires or imports at run time. Types in comments do not count.
   */
  imports(file) {
    const code = this.read(file).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    const calls = /\b(?:require|import)\(\s*['"]([^'"]+)['"]\s*\)/;
    const statements = /^(?:import|export)\b[^'"]*\bfrom\s+'([^']+)'/;
    const found = code.matchAll(new RegExp(`${calls.source}|${statements.source}`, 'gm'));
    return Array.from(found, ([, called, from]) => called ?? from);
  }

  /**
   * @param {string} file
   * @returns {string[]} Whom it names at all, in types too.
   */
  names(file) {
    const types = Array.from(this.read(file).matchAll(/\bimport\('([^']+)'\)/g), ([, name]) => name);
    return [...new Set([...this.imports(file), ...types])];
  }
}

/**
 * @param {string} file
 * @param {string} name Relative to it.
 * @returns {string} Without the extension; `index` for the root.
 */
function resolve(file, name) {
  const target = path.posix.join(path.posix.dirname(file), name).replace(/\.js$|\/$/, '');
  return target === '.' ? 'index' : target;
}

module.exports = { Sources, resolve };
