// @ts-check
'use strict';

const { createChain } = require('./certificates/chain');
const { startGateway } = require('./gateway');

module.exports = { createChain, startGateway };
