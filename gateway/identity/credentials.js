// @ts-check
'use strict';

const { createHmac } = require('node:crypto');

const API_VERSION = '2021-04-12';

/**
 * What a client without an SDK says in CONNECT.
 * @param {import('./child').Child} child
 * @param {string} hubHostName
 * @param {number} expiresAt milliseconds since 1970
 * @returns {import('../index').MqttCredentials}
 */
function credentialsOf({ clientId, deviceId, moduleId, primaryKey }, hubHostName, expiresAt) {
  const username = `${hubHostName}/${clientId}/?api-version=${API_VERSION}`;
  if (primaryKey === undefined) return { clientId, username };
  const modules = moduleId === undefined ? '' : `/modules/${moduleId}`;
  const resource = encodeURIComponent(`${hubHostName}/devices/${deviceId}${modules}`);
  const expiry = Math.floor(expiresAt / 1000);
  const signature = createHmac('sha256', Buffer.from(primaryKey, 'base64'))
    .update(`${resource}\n${expiry}`)
    .digest('base64');
  const fields = `sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}`;
  return { clientId, username, password: `SharedAccessSignature ${fields}` };
}

module.exports = { credentialsOf };
