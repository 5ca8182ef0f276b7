// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('../command');
const { CACHE } = require('../toolchains/cache');

/**
 * What `napi-build` wants to link to for the GNU ABI of Windows. With symbols looked up in the process nothing is taken from
 * it, so one name is enough.
 *
 * @param {string} zig Folder of the set.
 * @returns {string} The folder with `libnode.a`, and the `libnode.dll` that must lie beside it.
 */
function importLibrary(zig) {
  const folder = path.join(CACHE, 'toolchains', 'libnode');
  const library = path.join(folder, 'libnode.a');
  if (fs.existsSync(library)) return folder;
  fs.mkdirSync(folder, { recursive: true });
  const definition = path.join(folder, 'node.def');
  fs.writeFileSync(definition, 'LIBRARY node.exe\nEXPORTS\nnapi_module_register\n');
  fs.writeFileSync(path.join(folder, 'libnode.dll'), '');
  run(path.join(zig, 'ziglang', 'zig'), ['dlltool', '-m', 'i386:x86-64', '-d', definition, '-l', library]);
  return folder;
}

module.exports = { importLibrary };
