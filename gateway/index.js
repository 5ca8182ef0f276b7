// @ts-check
'use strict';

const { createChain } = require('./certificates/chain');
const { createDeviceCertificate } = require('./certificates/device_certificate');
const { CHAIN_VARIANTS } = require('./certificates/variants');
const { startGateway } = require('./gateway');

module.exports = { CHAIN_VARIANTS, createChain, createDeviceCertificate, startGateway };
