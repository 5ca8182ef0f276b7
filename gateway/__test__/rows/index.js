// @ts-check
'use strict';

/** What a device can see of a gateway for itself. */
const CHECKS = [
  ...require('./tls'),
  ...require('./connect'),
  ...require('./token'),
  ...require('./session'),
  ...require('./publishes'),
  ...require('./twin'),
  ...require('./https'),
];

module.exports = { CHECKS };
