// @ts-check
'use strict';

console.error(
  'Not from here: `npm run pack` makes the tarballs to publish, which name the platform packages.',
);
process.exitCode = 1;
