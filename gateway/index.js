// @ts-check
'use strict';

const { createChain } = require('./certificates/chain');
const { createDeviceCertificate } = require('./certificates/device_certificate');
const { CHAIN_VARIANTS } = require('./certificates/variants');
const { readFaults } = require('./faults/notation');
const { startGateway, startHub } = require('./start');
const { MethodError } = require('./methods/call');

module.exports = {
  CHAIN_VARIANTS,
  MethodError,
  createChain,
  createDeviceCertificate,
  readFaults,
  startGateway,
  startHub,
};
