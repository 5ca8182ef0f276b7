// @ts-check
'use strict';

const { NotConnectedError, OperationCancelledError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** For an operation that needs the connection the app has closed. */
function clientClosed() {
  return failure(NotConnectedError, 'ERR_IOT_CLIENT_CLOSED', 'The client is closed', {
    hint: 'close() was called. Call open() to use the client again.',
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
