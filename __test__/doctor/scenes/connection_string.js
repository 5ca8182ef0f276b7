'use strict';

const { KEY, connectionStringTo, gatewayFor, HUB } = require('../surroundings');

/**
 * What is wrong with the connection string; the gateway is in order. Each scene is named after the finding that must
 * come first.
 *
 * @type {import('./index').Scenes}
 */
module.exports = {
  'connection-string-separator': async (t) => {
    const { ca, at } = await gatewayFor(t);
    const connectionString = `HostName=${HUB};DeviceId=d1 SharedAccessKey=${KEY};GatewayHostName=${at}`;
    return { connectionString, ca };
  },
  'connection-string-space': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    return { connectionString: `"${connectionString}"`, ca };
  },
  'key-not-base64': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return { connectionString: connectionStringTo(at, { SharedAccessKey: `${KEY.slice(0, 20)}*` }), ca };
  },
  'gateway-missing': async (t) => {
    const { ca } = await gatewayFor(t);
    return {
      connectionString: connectionStringTo(undefined),
      ca,
      surroundings: { limits: { nameMs: 1000 } },
    };
  },
  'gateway-name-unusable': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return { connectionString: connectionStringTo(`mqtts://${at}/`), ca };
  },
};
