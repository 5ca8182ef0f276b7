// @ts-check
'use strict';

const { NotConnectedError, OperationCancelledError } = require('../vocabulary/errors');
const { CLIENT } = require('../vocabulary/idiom');
const { failure } = require('../vocabulary/failure');

/**
 * For an operation that needs the connection the app has closed.
 *
 * @param {import('../vocabulary/idiom').Idiom} [idiom]
 */
function clientClosed({ closed, afterClose } = CLIENT) {
  return failure(NotConnectedError, 'ERR_IOT_CLIENT_CLOSED', `The ${closed} is closed`, {
    hint: `close() was called. ${afterClose}`,
    delivery: 'not sent',
  });
}

/** For an `open` that `close` overtook. */
function openCancelled() {
  return failure(
    OperationCancelledError,
    'ERR_IOT_OPEN_CANCELLED',
    'close() was called before the connection stood',
    {
      hint: 'Await open() before calling close(), or expect this error.',
    },
  );
}

module.exports = { clientClosed, openCancelled };
