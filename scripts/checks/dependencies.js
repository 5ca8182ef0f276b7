// @ts-check
'use strict';

const { main, npm, run } = require('../command');
const { cargoTool } = require('../cargo_tool');

/**
 * What is linked into the add-on has licences that are allowed, comes from crates.io, and is there once: `deny.toml`. With
 * `--advisories` nothing in it or among the development tools has a weakness that is known; that needs the databases of
 * RustSec and npm, which a registry alone does not have.
 */
main(() => {
  const advisories = process.argv.includes('--advisories');
  const deny = cargoTool('cargo-deny', '0.20.2');
  run(deny, ['--manifest-path', 'binding/Cargo.toml', 'check', 'licenses', 'bans', 'sources']);
  if (!advisories) return;
  run(deny, ['--workspace', 'check', 'advisories']);
  // Nothing of npm is shipped: what is slight in a development tool does not hold up a release.
  run(...npm(['audit', '--package-lock-only', '--audit-level=high']));
});
