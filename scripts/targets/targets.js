// @ts-check
'use strict';

const path = require('node:path');
const { CACHE } = require('../toolchains/cache');
const { platformPackages } = require('../platform_package');

/**
 * What is built for other machines than this one, and how it differs.
 *
 * @typedef {object} Target
 * @property {string} triple As Rust names it.
 * @property {string} platform As the package in `npm/` is named.
 * @property {string} [glibc] The oldest it may need; 2.17 is of 2012, older than any Node that is wanted here.
 * @property {'gnu' | 'musl' | 'windows'} abi
 * @property {boolean} [standIn] The package is made by other means; this shows that the sources run there.
 */

/** @type {Target[]} */
const TARGETS = [
  { triple: 'x86_64-unknown-linux-gnu', platform: 'linux-x64-gnu', abi: 'gnu', glibc: '2.17' },
  { triple: 'aarch64-unknown-linux-gnu', platform: 'linux-arm64-gnu', abi: 'gnu', glibc: '2.17' },
  { triple: 'armv7-unknown-linux-gnueabihf', platform: 'linux-arm-gnueabihf', abi: 'gnu', glibc: '2.17' },
  { triple: 'x86_64-unknown-linux-musl', platform: 'linux-x64-musl', abi: 'musl' },
  { triple: 'aarch64-unknown-linux-musl', platform: 'linux-arm64-musl', abi: 'musl' },
  // Of msvc only Microsoft's tools make a package.
  { triple: 'x86_64-pc-windows-gnullvm', platform: 'win32-x64-msvc', abi: 'windows', standIn: true },
];

/**
 * @param {Target} target
 * @returns {string} Where its add-on lies, or would lie: in its package, or in the cache if it must not be published.
 */
function addOnOf({ triple, platform, standIn }) {
  if (standIn) return path.join(CACHE, 'stand-ins', triple, `edge-downstream.${platform}.node`);
  const { folder, main } = packageOf(platform);
  return path.join(folder, main);
}

/** @param {string} platform As the package in `npm/` is named. */
function packageOf(platform) {
  const found = platformPackages().find(({ name }) => name === `edge-downstream-${platform}`);
  if (!found) throw new Error(`npm/ has no package for ${platform}`);
  return found;
}

module.exports = { addOnOf, packageOf, TARGETS };
