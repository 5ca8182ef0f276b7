// @ts-check
'use strict';

const path = require('node:path');
const { ROOT } = require('../command');

/**
 * Where toolchains, foreign systems and what was built with them lie. Clones that share one by `EDGE_DOWNSTREAM_CACHE` fetch
 * and compile once.
 */
const CACHE = path.resolve(process.env.EDGE_DOWNSTREAM_CACHE || path.join(ROOT, '.cache'));

module.exports = { CACHE };
