'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const original = require('azure-iot-common').endpoint;
const endpoint = require('../../lib/vocabulary/endpoint');

it('service paths are those of the original', () => {
  const run = (/** @type {Record<string, any>} */ paths) =>
    Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [
        name,
        typeof path === 'function' ? path('d /', 'x /') : path,
      ]),
    );
  assert.deepEqual(run(endpoint), run(original));
});
