// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/** How long a program may take for one thing. Milliseconds. */
const PATIENCE_MS = 90_000;

/**
 * A device or module of somebody else's making, in a process of its own. It takes commands on its standard input,
 * `telemetry <count>`, `twin`, `report <json>` and `quit`, and tells what happens, a JSON object with an `event` a line:
 * `connected`, `sent` (all acknowledged), `twin`, `reported`, `c2d`, `desired`, `method` (and it has answered).
 */
class ForeignProgram {
  #child;
  /** @type {any[]} not yet taken */
  #told = [];
  #errors = '';

  /**
   * @param {import('node:test').TestContext} t
   * @param {string} command
   * @param {string[]} args the first one is a file of `programs`
   * @param {Record<string, string>} facts that it finds in its environment
   */
  constructor(t, command, [file, ...args], facts) {
    const words = [path.join(__dirname, 'programs', file), ...args];
    this.#child = spawn(command, words, { env: { ...process.env, ...facts } });
    t.after(() => this.#child.kill('SIGKILL'));
    let rest = '';
    this.#child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      this.#told.push(...lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)));
      this.#child.emit('more');
    });
    this.#child.stderr.on('data', (chunk) => (this.#errors += chunk));
    this.#child.on('exit', () => this.#child.emit('more'));
  }

  /**
   * @param {string} command
   */
  tell(command) {
    this.#child.stdin.write(`${command}\n`);
  }

  /**
   * Takes the oldest event of a kind.
   * @param {string} event
   * @returns {Promise<any>}
   */
  async hears(event) {
    const end = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const index = this.#told.findIndex((each) => each.event === event);
      if (index !== -1) return this.#told.splice(index, 1)[0];
      if (this.#child.exitCode !== null || end.aborted) {
        throw new Error(`no '${event}' came; there is ${JSON.stringify(this.#told)}\n${this.#errors}`);
      }
      await once(this.#child, 'more', { signal: end }).catch(() => {});
    }
  }

  /** Forgets what it has told of a kind. @param {string} event */
  forget(event) {
    this.#told = this.#told.filter((each) => each.event !== event);
  }

  /** Ends it, and gives its exit code. */
  async quit() {
    this.tell('quit');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

module.exports = { ForeignProgram };
