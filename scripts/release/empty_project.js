// @ts-check
'use strict';

const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { promisify } = require('node:util');
const { fetched } = require('../fetched');
const { tenLines } = require('./ten_lines');

const INSIDE = path.join(__dirname, 'inside');
/** What nothing here needs. Milliseconds. */
const LONGEST_MS = 180_000;

/** An empty project, of somebody who knows no registry but the one given. */
class EmptyProject {
  #directory;
  #environment;
  #installer;
  #script;

  /**
   * @param {string} directory Not there yet.
   * @param {string} registry
   * @param {import('./installers').Installer} installer
   */
  constructor(directory, registry, installer) {
    this.#directory = path.join(directory, 'app');
    fs.mkdirSync(this.#directory, { recursive: true });
    this.#installer = installer;
    this.#script = path.join(fetched(installer.list), installer.script);
    this.#environment = {
      PATH: path.dirname(process.execPath),
      HOME: directory,
      USERPROFILE: directory,
      XDG_DATA_HOME: directory,
      npm_config_cache: path.join(directory, 'cache'),
      // For root, yarn 1 keeps what it installs elsewhere than at home.
      YARN_CACHE_FOLDER: path.join(directory, 'cache-of-yarn'),
      // Some of Windows' own names are needed to start anything there.
      ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot, TEMP: directory, TMP: directory }),
    };
    this.#write('package.json', '{ "name": "app", "version": "1.0.0", "private": true }\n');
    this.#write('.npmrc', `registry=${registry}\n`);
    this.#write('ten_lines.cjs', tenLines());
    for (const name of fs.readdirSync(INSIDE))
      fs.copyFileSync(path.join(INSIDE, name), path.join(this.#directory, name));
    installer.settle?.(this.#directory, registry);
  }

  /** @param {string} name @param {string} content */
  #write(name, content) {
    fs.writeFileSync(path.join(this.#directory, name), content);
  }

  /** @param {string[]} packages */
  async add(packages) {
    await this.#run([this.#script, ...this.#installer.add, ...packages]);
  }

  /**
   * The ten lines of the README, against the gateway of this project.
   *
   * @returns {Promise<string>} The body that the gateway got.
   */
  async sendOne() {
    const gateway = spawn(process.execPath, this.#args(['gateway.cjs']), {
      cwd: this.#directory,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: gateway.stdout })[Symbol.asyncIterator]();
      const ended = once(gateway, 'close');
      const { value: first } = await lines.next();
      if (!first) throw new Error('the installed gateway did not start');
      const { connectionString, ca } = JSON.parse(first);
      const settings = { IOTHUB_DEVICE_CONNECTION_STRING: connectionString, PATH_TO_EDGE_CA_CERT: ca };
      await this.#run(this.#args(['ten_lines.cjs']), settings);
      const { value: body } = await lines.next();
      await ended;
      return body;
    } finally {
      gateway.kill();
    }
  }

  /**
   * @param {string} platform The package of this platform.
   * @returns {Promise<Record<string, Record<string, string>>>} By package and file name, the SHA-256 of what is installed.
   */
  async hashes(platform) {
    return JSON.parse(await this.#run(this.#args(['hashes.cjs', platform])));
  }

  /** @param {string[]} args For Node, as the installer starts it. */
  #args(args) {
    const { node } = this.#installer;
    return node ? [this.#script, ...node, ...args] : args;
  }

  /**
   * @param {string[]} args For Node.
   * @param {NodeJS.ProcessEnv} [more]
   * @returns {Promise<string>} Its standard output.
   */
  async #run(args, more = {}) {
    const options = {
      cwd: this.#directory,
      env: { ...this.#environment, ...more },
      timeout: LONGEST_MS,
      maxBuffer: 2 ** 26,
    };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return stdout;
  }
}

module.exports = { EmptyProject };
