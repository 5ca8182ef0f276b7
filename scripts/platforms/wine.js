// @ts-check
'use strict';

/** How a Windows of its own is had from wine: commands within the system, and what is in their environment. */

const WINE = '/usr/lib/wine/wine64';
const SERVER = '/usr/lib/wine/wineserver64';

const ENVIRONMENT = {
  WINEPREFIX: '/app/wine',
  WINESERVER: SERVER,
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
  // Debian has the libraries for Windows that wine itself needs there.
  WINEPATH: 'Z:\\usr\\x86_64-w64-mingw32\\lib',
};

/** Makes the drive C: and starts Windows. */
const BOOT = [WINE, 'wineboot', '--init'];

/** Ends Windows, with all that runs in it. */
const END = [SERVER, '--kill'];

/**
 * @param {string} key
 * @param {string} name
 * @param {'REG_SZ' | 'REG_BINARY'} type
 * @param {string} value Of REG_BINARY in hexadecimal.
 * @returns {string[]} The command that writes a value into the registry.
 */
function registryWrite(key, name, type, value) {
  return [WINE, 'reg', 'add', key, '/v', name, '/t', type, '/d', value, '/f'];
}

module.exports = { BOOT, END, ENVIRONMENT, registryWrite };
