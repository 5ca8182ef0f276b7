// @ts-check
'use strict';

/** The command line, or a file it names, cannot be used: exit code 2, and the message is all there is to say. */
class UsageError extends Error {}

module.exports = { UsageError };
