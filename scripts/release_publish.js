// @ts-check
'use strict';

const path = require('node:path');
const { environment, main, ROOT, StepFailed } = require('./command');
const { fetched } = require('./fetched');
const { owner } = require('./release/owner');
const { publish } = require('./release/publish');
const { openFaults, packageFaults } = require('./release/readiness');
const { tarballsIn } = require('./release/tarballs');

/**
 * Publishes what `npm run pack` made: the packages of the platforms, then the package, then the gateway. It refuses while
 * something stands against it. With `--check` it only tells; with `--dry-run` the registry is asked and nothing is published,
 * and what only the owner and `npm version` can mend may still be open.
 */
main(async () => {
  const check = process.argv.includes('--check');
  const dryRun = process.argv.includes('--dry-run');
  const tarballs = tarballsIn(path.join(ROOT, '.cache', 'packages'));
  const tag = process.env.GITHUB_REF_TYPE === 'tag' ? process.env.GITHUB_REF_NAME : undefined;
  const open = openFaults({ root: ROOT, owner, tag });
  const faults = packageFaults({ root: ROOT, tarballs });
  for (const fault of [...open, ...faults]) console.error(`- ${fault}`);
  const against = faults.length + (dryRun ? 0 : open.length);
  if (against > 0) throw new StepFailed(`This is no release yet: ${against} faults`);
  if (check) return;
  // One that knows trusted publishing, whatever comes with this Node.
  const npm = path.join(fetched('npm'), 'npm', 'bin', 'npm-cli.js');
  const options = [
    ...(dryRun ? ['--dry-run'] : []),
    // Only a workflow can say where the packages were built.
    ...(process.env.GITHUB_ACTIONS && !dryRun ? ['--provenance'] : []),
  ];
  await publish(tarballs, { npm: [process.execPath, [npm]], options, env: environment });
});
