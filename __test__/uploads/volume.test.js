'use strict';

const { test } = require('node:test');
const { uploadsFlatly } = require('./volume');

test('a stream of 32 MB takes no more memory the longer it is', (t) => uploadsFlatly(t, 32));
