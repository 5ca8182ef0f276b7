// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const { version } = require('../../package.json');
const { requireText } = require('../plumbing/argument');
const { noErrorCallbackToPromise } = require('../plumbing/callback');

/**
 * How the client introduces itself: `edge-downstream/<version> (node <version>; <system> <release>; <architecture>)`
 * and the app's product info straight behind it (device-sdk.md §3.3). The name is ours, because operators read it to
 * tell clients apart; nothing on the gateway or the hub depends on it.
 */

/** @type {string | undefined} */
let platform;

/** @returns {string} `node v20.20.2; Debian 12; x64` */
function agentPlatform() {
  platform ??= `node ${process.version}; ${operatingSystem()}; ${os.arch()}`;
  return platform;
}

/**
 * @param {string} [productInfo]
 * @returns {string}
 */
function userAgent(productInfo = '') {
  return `edge-downstream/${version} (${agentPlatform()})${productInfo}`;
}

/** @returns {string} On Linux distribution and release, `unknown` if they cannot be read; else kernel and release. */
function operatingSystem() {
  if (os.type() !== 'Linux') return `${os.type()} ${os.release()}`;
  const release = readOsRelease();
  const name = release.NAME?.replace(/( GNU\/Linux| Linux)$/, '');
  return [name, release.VERSION_ID].filter(Boolean).join(' ') || 'unknown';
}

/** @returns {Record<string, string | undefined>} The fields of os-release(5), unquoted. */
function readOsRelease() {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      const lines = fs.readFileSync(path, 'utf8').matchAll(/^(\w+)=["']?(.*?)["']?$/gm);
      return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
    } catch {
      // The second path is the fallback, and without it the system stays unknown.
    }
  }
  return {};
}

/**
 * `getUserAgentString([productInfo], [callback])`. Never fails once the arguments are accepted.
 *
 * @param {string | ((userAgent: string) => void)} [productInfo]
 * @param {(userAgent: string) => void} [callback]
 * @returns {Promise<string> | void}
 * @throws {TypeError} `productInfo` is truthy, but neither a text nor the callback.
 */
function getUserAgentString(productInfo, callback) {
  if (typeof productInfo === 'function') return getUserAgentString(undefined, productInfo);
  if (productInfo) requireText('productInfo', productInfo, 'Give a text, or leave it out.');
  return later(() => userAgent(productInfo || ''), callback);
}

/**
 * The part between the parentheses.
 *
 * @param {(platform: string) => void} [callback]
 * @returns {Promise<string> | void}
 */
function getAgentPlatformString(callback) {
  return later(agentPlatform, callback);
}

/**
 * @param {() => string} make
 * @param {((result: string) => void) | undefined} callback
 * @returns {Promise<string> | void}
 */
function later(make, callback) {
  return noErrorCallbackToPromise((done) => process.nextTick(() => done(make())), callback);
}

module.exports = { userAgent, getUserAgentString, getAgentPlatformString };
