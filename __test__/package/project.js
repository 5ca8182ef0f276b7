// @ts-check
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const ROOT = path.join(__dirname, '..', '..');

/**
 * An empty project on a machine that has Node and nothing else: no Rust, no compiler, no network, no npm cache.
 */
class Project {
  /** @param {string} directory Empty; the project lies in it, with all that serves it. */
  constructor(directory) {
    this.directory = path.join(directory, 'project');
    const bin = path.join(directory, 'bin');
    fs.mkdirSync(this.directory);
    fs.mkdirSync(bin);
    fs.symlinkSync(process.execPath, path.join(bin, 'node'));
    this.environment = {
      PATH: bin,
      HOME: directory,
      npm_config_cache: path.join(directory, 'cache'),
      // Nobody listens there.
      npm_config_registry: 'http://127.0.0.1:9/',
    };
    this.write('package.json', '{ "name": "app", "private": true }\n');
  }

  /**
   * @param {string} name
   * @param {string} content
   */
  write(name, content) {
    fs.writeFileSync(path.join(this.directory, name), content);
  }

  /** @param {string[]} tarballs */
  async install(tarballs) {
    await this.node([npmScript(), 'install', '--offline', '--no-audit', '--no-fund', ...tarballs]);
  }

  /**
   * Runs Node in the project.
   *
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [more]
   * @param {string} [node] Another than this one.
   * @returns {Promise<string>} Its standard output.
   */
  async node(args, more = {}, node = process.execPath) {
    const { stdout } = await promisify(execFile)(node, args, {
      cwd: this.directory,
      env: { ...this.environment, ...more },
      timeout: 60_000,
    });
    return stdout;
  }

  /** @returns {string[]} What is installed, such as `node_modules/edge-downstream`. */
  packages() {
    const lock = path.join(this.directory, 'node_modules', '.package-lock.json');
    return Object.keys(JSON.parse(fs.readFileSync(lock, 'utf8')).packages);
  }
}

/** The script behind the command `npm`, as the bare PATH of the project does not lead there. */
function npmScript() {
  if (process.env.npm_execpath?.endsWith('.js')) return process.env.npm_execpath;
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const command = path.join(folder, 'npm');
    if (fs.existsSync(command)) return fs.realpathSync(command);
  }
  throw new Error('There is no npm on the PATH');
}

/** @returns {string} */
function temporaryDirectory() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-package-'));
}

/**
 * @param {string} tarball
 * @returns {Promise<string[]>} The files in it, without npm's leading `package/`.
 */
async function contents(tarball) {
  const { stdout } = await promisify(execFile)('tar', ['-tzf', tarball]);
  return stdout
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
}

module.exports = { contents, Project, ROOT, temporaryDirectory };
