// @ts-check
'use strict';

const { percentDecode } = require('../encoding/percent');

/**
 * How a client introduces itself: `DeviceClientType` of the username.
 * @param {string} username
 * @returns {string | undefined}
 */
function userAgentOf(username) {
  const query = username.slice(username.lastIndexOf('/') + 1).replace(/^\?/, '');
  const pair = query.split('&').find((each) => each.startsWith('DeviceClientType='));
  return pair && percentDecode(pair.slice('DeviceClientType='.length));
}

module.exports = { userAgentOf };
