// @ts-check
'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** What a program may take on a busy machine. */
const LONGEST_MS = 120_000;

/** This machine, with the face of `Machine`: for systems that nothing else can be. Its store of roots is left alone. */
class Here {
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-platform-'));

  /** Where programs start. */
  get app() {
    return this.#directory;
  }

  async boot() {}

  /**
   * Runs Node.
   *
   * @param {string[]} args
   * @param {Record<string, string>} [env] Nothing else is in the environment but what the system needs.
   * @returns {Promise<import('./machine').Outcome>}
   */
  node(args, env = {}) {
    const options = {
      cwd: this.app,
      timeout: LONGEST_MS,
      env: {
        PATH: path.dirname(process.execPath),
        HOME: this.app,
        USERPROFILE: this.app,
        // Windows starts nothing without it.
        ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
        ...env,
      },
    };
    return new Promise((resolve) => {
      execFile(process.execPath, args, options, (error, stdout, stderr) => {
        resolve({ code: error ? (error.code ?? error.signal ?? null) : 0, stdout, stderr });
      });
    });
  }

  async close() {
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

module.exports = { Here };
