// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('../command');
const { CACHE } = require('./cache');

/**
 * Packages of Debian, of any release and architecture, through apt with lists and settings of its own: the system's are
 * neither read nor changed, and nothing is installed.
 */

/** Suites, the architectures wanted of each, and the archive it lies in. */
const SUITES = [
  ['bookworm-security', 'amd64', 'debian-security'],
  ['bookworm', 'amd64', 'debian'],
  ['bookworm-backports', 'amd64', 'debian'],
  ['trixie', 'amd64,arm64,armhf', 'debian'],
  ['bullseye', 'amd64', 'debian'],
];

/**
 * @param {import('./fetch').Wanted[]} wanted
 * @param {string} directory For the files, which apt names.
 */
function download(wanted, directory) {
  const apt = (options ??= update());
  const names = wanted.map(({ name, architecture, suite, version }) => {
    const which = architecture === 'all' ? name : `${name}:${architecture}`;
    return which + (version ? `=${version}` : `/${suite}`);
  });
  run('apt-get', [...apt, 'download', ...names], { cwd: directory });
}

/** Options of apt that make it use lists of our own, once these are fetched. @type {string[] | undefined} */
let options;

/** @returns {string[]} Those options. */
function update() {
  const home = path.join(CACHE, 'toolchains', 'apt');
  const sources = path.join(home, 'sources.list');
  for (const folder of ['lists/partial', 'archives/partial']) {
    fs.mkdirSync(path.join(home, folder), { recursive: true });
  }
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const lines = SUITES.map(
    ([suite, architectures, archive]) =>
      `deb [arch=${architectures} signed-by=${keys}] http://deb.debian.org/${archive} ${suite} main\n`,
  );
  fs.writeFileSync(sources, lines.join(''));
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': path.join(home, 'lists'),
    'Dir::Cache': home,
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64,arm64,armhf',
    // Root may read what lies in the cache; apt's own user perhaps not.
    ...(process.getuid?.() === 0 && { 'APT::Sandbox::User': 'root' }),
  };
  const ours = ['-q', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  run('apt-get', [...ours, 'update']);
  return ours;
}

/**
 * @param {string} file
 * @param {string} directory
 */
function unpack(file, directory) {
  run('dpkg-deb', ['--extract', file, directory]);
  // Newer releases have all in /usr, and count on these links, which another package brings.
  for (const folder of ['lib', 'lib64', 'bin']) {
    const link = path.join(directory, folder);
    if (!fs.existsSync(link) && fs.existsSync(path.join(directory, 'usr', folder))) {
      fs.symlinkSync(path.join('usr', folder), link);
    }
  }
}

module.exports = { download, unpack };
