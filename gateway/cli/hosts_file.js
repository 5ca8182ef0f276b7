// @ts-check
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

/** Where a machine keeps names of its own. */
const HOSTS_FILE =
  process.platform === 'win32'
    ? path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';

/**
 * Whether a name must be added to the hosts file, unless a name server knows it. None is asked: it may be far away.
 * @param {string} name
 * @param {string} [file]
 */
function needsHostsEntry(name, file = HOSTS_FILE) {
  if (net.isIP(name) || name.toLowerCase() === 'localhost') return false;
  return !namesIn(file).includes(name.toLowerCase());
}

/**
 * @param {string} file
 * @returns {string[]} in lower case
 */
function namesIn(file) {
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((line) => line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/).slice(1));
  } catch {
    return [];
  }
}

module.exports = { HOSTS_FILE, needsHostsEntry };
