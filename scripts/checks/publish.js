// @ts-check
'use strict';

console.error(
  'Not from here: `npm run pack` makes the tarballs, which name the platform packages; `npm run release:publish` publishes them.',
);
process.exitCode = 1;
