// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { main, ROOT, StepFailed } = require('./command');
const { billOfMaterials } = require('./release/sbom');
const { tarballsIn } = require('./release/tarballs');

/** Writes what the packages of `npm run pack` are made of into `.cache/sbom`. */
main(() => {
  const tarballs = tarballsIn(path.join(ROOT, '.cache', 'packages'));
  if (tarballs.length === 0) throw new StepFailed('Nothing is packed: `npm run pack`');
  const file = path.join(ROOT, '.cache', 'sbom', 'edge-downstream.cdx.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(billOfMaterials(tarballs), null, 2) + '\n');
  console.log(file);
});
