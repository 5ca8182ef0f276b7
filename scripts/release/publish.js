// @ts-check
'use strict';

const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { environment, StepFailed } = require('../command');

/**
 * Publishes packages, in their order. What the registry has already, of the same bytes, is passed over: a release that broke
 * off half way goes on where it stopped.
 *
 * @param {import('./tarballs').Tarball[]} tarballs
 * @param {object} how
 * @param {[command: string, args: string[]]} how.npm
 * @param {string[]} [how.options] More for `npm publish`.
 * @param {NodeJS.ProcessEnv} [how.env]
 * @throws {StepFailed} The registry refuses one, or has other bytes under its version.
 */
async function publish(tarballs, { npm: [command, first], options = [], env = environment }) {
  const npm = (/** @type {string[]} */ args) => promisify(execFile)(command, [...first, ...args], { env });
  const dryRun = options.includes('--dry-run');
  for (const { file, manifest, integrity } of tarballs) {
    const id = `${manifest.name}@${manifest.version}`;
    const there = await published(npm, id);
    if (there === integrity) {
      console.log(`${id} is published already`);
      continue;
    }
    const differs = `${id} is published with other content: ${there}, not ${integrity}`;
    if (there && !dryRun) throw new StepFailed(differs);
    if (there) {
      // Until the version is raised that is to be expected.
      console.log(differs);
      continue;
    }
    // A version such as 1.0.0-rc.1 is for those who ask for it.
    const tag = manifest.version.includes('-') ? 'next' : 'latest';
    await npm(['publish', file, '--access', 'public', '--tag', tag, ...options]).catch((error) => {
      throw new StepFailed(`${id} is not published: ${error.stderr}`);
    });
    console.log(`${id} ${dryRun ? 'could be' : 'is'} published, ${integrity}`);
  }
}

/**
 * @param {(args: string[]) => Promise<{ stdout: string }>} npm
 * @param {string} id
 * @returns {Promise<string | undefined>} The hash of what is published; undefined: nothing is.
 */
async function published(npm, id) {
  try {
    const { stdout } = await npm(['view', id, 'dist.integrity', '--json']);
    return stdout.trim() ? JSON.parse(stdout) : undefined;
  } catch (/** @type {any} */ error) {
    if (/\bE404\b/.test(error.stdout + error.stderr)) return undefined;
    throw new StepFailed(`The registry does not tell whether ${id} is published: ${error.stderr}`);
  }
}

module.exports = { publish };
