// @ts-check
'use strict';

const { run } = require('./children');

/** What `npm run bench` sets for its own script would tell a nested npm that it stands in this project. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/i.test(name)),
);

/**
 * @param {string[]} args
 * @param {{ cwd: string, show?: boolean }} options
 * @returns {Promise<string>} standard output
 */
async function npm(args, { cwd, show }) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  // The npm that runs us, where one does: `npm` itself is a shell script or, on Windows, a batch file.
  const script = process.env.npm_execpath;
  const [command, before] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const { stdout } = await run(command, [...before, ...args, ...quiet], {
    cwd,
    show,
    environment,
    timeoutMs: 600_000,
  });
  return stdout;
}

module.exports = { npm };
