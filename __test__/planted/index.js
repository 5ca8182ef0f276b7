// @ts-check
'use strict';

/**
 * Faults that the tests must see: each is a small edit of the sources, made on a copy by `npm run test:planted`, and a check
 * that has to fail with it. Whoever moves the place of an edit moves the edit.
 */
const FAULTS = [
  ...require('./core').FAULTS,
  ...require('./facade').FAULTS,
  ...require('./twin').FAULTS,
  ...require('./modules').FAULTS,
];

module.exports = { FAULTS };
