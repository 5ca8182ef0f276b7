'use strict';

const { test } = require('node:test');
const { uploadsFlatly } = require('../uploads/volume');

for (const megabytes of [100, 400]) {
  test(`a stream of ${megabytes} MB takes no more memory the longer it is`, { timeout: 600_000 }, (t) =>
    uploadsFlatly(t, megabytes),
  );
}
