'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { faultOfPath } = require('../../lib/failures/path');

it('what is wrong with a path is told alike of certificates, keys and connection strings', () => {
  const paths = ['x', '~/x', 'file:///x', 'https://example.com/x', '"x"', '$HOME/x', 'x '];
  const codes = ['EISDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'EIO'];
  const faults = [
    ...paths.map((path) => faultOfPath(path, 'ENOENT')),
    ...codes.map((code) => faultOfPath('x', code)),
  ];
  for (const { hint } of faults) assert.doesNotMatch(hint, /root|the certificate|the key|connection string/);
});
