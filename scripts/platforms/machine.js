// @ts-check
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { StepFailed } = require('../command');
const { ensureSet } = require('../toolchains/fetch');
const wine = require('./wine');
const { entry } = require('./windows_store');

/** What a program may take, emulated and on a busy machine. */
const LONGEST_MS = 300_000;

const ENTER = path.join(__dirname, 'enter.sh');
/** What is mounted is so for the program and its children alone. */
const NAMESPACES = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

/**
 * What a program left.
 *
 * @typedef {object} Outcome
 * @property {number | string | null} code Or the signal that ended it.
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * A machine of another kind, as far as a program of Node can tell: processor, C library, files. Its network is that of the
 * host. Needs root, or a kernel that lets everybody make namespaces.
 */
class Machine {
  #system;
  #root;
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-platform-'));
  #runs = 0;

  /** @param {import('./systems').System} system */
  constructor(system) {
    this.#system = system;
    this.#root = ensureSet(system.set);
    for (const part of ['app', 'etc/ssl/certs', 'tmp']) {
      fs.mkdirSync(path.join(this.#directory, part), { recursive: true });
    }
    for (const part of ['app', 'etc', 'tmp', 'proc', 'dev']) {
      fs.mkdirSync(path.join(this.#root, part), { recursive: true });
    }
    this.writeSystem('etc/hosts', '127.0.0.1 localhost\n');
    this.writeSystem('etc/passwd', 'root:x:0:0:root:/app:/bin/sh\n');
    if (system.emulator) {
      const emulator = path.join(ensureSet('qemu'), 'usr', 'bin', system.emulator);
      fs.copyFileSync(emulator, path.join(this.#directory, 'tmp', system.emulator));
    }
  }

  /** Where programs start, on this machine. */
  get app() {
    return path.join(this.#directory, 'app');
  }

  /**
   * @param {string} name Such as `etc/hosts`.
   * @param {string} content
   */
  writeSystem(name, content) {
    fs.writeFileSync(path.join(this.#directory, name), content);
  }

  /** Has the operating system trust a root. @param {string} pem */
  async trust(pem) {
    if (!this.#system.windows) return this.writeSystem('etc/ssl/certs/ca-certificates.crt', pem);
    const { key, blob } = entry(pem);
    const added = await this.#run(wine.registryWrite(key, 'Blob', 'REG_BINARY', blob));
    if (added.code !== 0) throw new Error(`The store of wine takes no root: ${added.stderr}`);
  }

  /** Makes it ready for its first program. */
  async boot() {
    if (!this.#system.windows) return;
    await this.#run(wine.BOOT);
    // Or Node refuses: wine says it is an older Windows than it supports.
    await this.#run(wine.registryWrite('HKCU\\Software\\Wine', 'Version', 'REG_SZ', 'win10'));
  }

  /**
   * Runs Node.
   *
   * @param {string[]} args
   * @param {Record<string, string>} [env] Nothing else is in the environment but what the system needs.
   * @returns {Promise<Outcome>}
   */
  node(args, env = {}) {
    const { emulator, node } = this.#system;
    return this.#run([...(emulator ? [`/tmp/${emulator}`] : []), ...node, ...args], env);
  }

  /**
   * @param {string[]} command
   * @param {Record<string, string>} [env]
   * @returns {Promise<Outcome>}
   */
  async #run(command, env = {}) {
    // Files: under wine, Node cannot write to a pipe.
    const name = path.join(this.#directory, `run-${++this.#runs}`);
    const [stdout, stderr] = ['out', 'err'].map((end) => fs.openSync(`${name}.${end}`, 'w'));
    const child = spawn('unshare', [...NAMESPACES, 'sh', ENTER, this.#root, this.#directory, ...command], {
      detached: true,
      stdio: ['ignore', stdout, stderr],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/app',
        ...(this.#system.windows && wine.ENVIRONMENT),
        ...env,
      },
    });
    const timer = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), LONGEST_MS);
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => resolve(status ?? signal));
    });
    clearTimeout(timer);
    fs.closeSync(stdout);
    fs.closeSync(stderr);
    return {
      code,
      stdout: fs.readFileSync(`${name}.out`, 'utf8'),
      stderr: fs.readFileSync(`${name}.err`, 'utf8'),
    };
  }

  async close() {
    if (this.#system.windows) await this.#run(wine.END);
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** @throws {StepFailed} This machine makes no namespaces. */
function requireNamespaces() {
  const { status, stderr, error } = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new StepFailed(`Other systems are entered by \`unshare\`, as root: ${error?.message ?? stderr}`);
  }
}

module.exports = { Machine, requireNamespaces };
