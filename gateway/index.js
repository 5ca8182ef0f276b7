// @ts-check
'use strict';

const { createChain } = require('./certificates/chain');

module.exports = { createChain };
