// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
require('./rejections');
const { directoryFor } = require('./directory');

const PROGRAM = path.join(__dirname, '..', 'bin', 'edge-downstream-gateway.js');

/** The command line in a process of its own. */
class Cli {
  /**
   * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
   */
  constructor(child) {
    this.child = child;
    /** What closes before the gateway goes. @type {Array<{ close: () => Promise<unknown> }>} */
    this.devices = [];
    this.output = '';
    this.errors = '';
    child.stdout.on('data', (chunk) => {
      this.output += chunk;
      child.emit('more');
    });
    child.stderr.on('data', (chunk) => (this.errors += chunk));
    child.on('close', () => child.emit('more'));
    this.ended = once(child, 'close').then(([code]) => code);
  }

  /**
   * @param {import('node:test').TestContext} t
   * @param {string[]} args
   */
  static start(t, args) {
    const directory = args.includes('--directory') ? [] : ['--directory', directoryFor(t)];
    const child = spawn(process.execPath, [PROGRAM, ...directory, ...args]);
    const cli = new Cli(child);
    t.after(async () => {
      for (const device of cli.devices) await device.close();
      child.kill('SIGKILL');
    });
    return cli;
  }

  /**
   * Waits until the output has it.
   * @param {RegExp} pattern
   * @returns {Promise<RegExpExecArray>}
   */
  async shows(pattern) {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`it ended without showing ${pattern}:\n${this.output}\n${this.errors}`);
      }
      await once(this.child, 'more');
    }
  }

  /**
   * Waits until what was shown later has it.
   * @param {number} start characters that do not count
   * @param {RegExp} pattern
   */
  async showsBehind(start, pattern) {
    while (!pattern.test(this.output.slice(start))) {
      if (this.child.exitCode !== null)
        throw new Error(`it ended without showing ${pattern}:\n${this.output}`);
      await once(this.child, 'more');
    }
  }

  /**
   * What it has printed of itself, in the shape that RawDevice takes.
   * @returns {Promise<import('..').Gateway>}
   */
  async gateway() {
    const [rootFile] = await this.shows(/[^\s"]+root\.ca\.cert\.pem/);
    const [, port] = await this.shows(/(?:listening on \S+:|"port":)(\d+)/);
    const [, webSocketPort] = await this.shows(/wss:\/\/localhost:(\d+)/);
    const [, hubHostName] = await this.shows(/HostName=([^;]+)/);
    const connectionString = (/** @type {string} */ id) => {
      const [deviceId, moduleId] = id.split('/');
      const module = moduleId === undefined ? ';SharedAccessKey' : `;ModuleId=${moduleId};`;
      const strings = this.output.match(/HostName=[^\s"']+/g) ?? [];
      return strings.findLast((each) => each.includes(`DeviceId=${deviceId}${module}`));
    };
    return /** @type {any} */ ({
      host: '127.0.0.1',
      port: Number(port),
      webSocketPort: Number(webSocketPort),
      rootPem: fs.readFileSync(rootFile, 'utf8'),
      hubHostName,
      connectionString,
    });
  }

  /**
   * @param {string} line
   */
  type(line) {
    this.child.stdin.write(`${line}\n`);
  }
}

module.exports = { Cli };
