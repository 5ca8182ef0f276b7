// @ts-check
'use strict';

const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** For the connection string of a module without a key. */
function moduleNeedsKey() {
  const message = 'The connection string of the module has no SharedAccessKey';
  return failure(NotImplementedError, 'ERR_IOT_MODULE_CREDENTIAL', message, {
    hint: 'A gateway takes no certificates of modules. With a token use ModuleClient.fromSharedAccessSignature.',
  });
}

module.exports = { moduleNeedsKey };
