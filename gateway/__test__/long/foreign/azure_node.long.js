// @ts-check
'use strict';

const { test } = require('node:test');
const { ForeignProgram } = require('./foreign_program');
const { ifAllIsThere } = require('./preparation');
const { play } = require('./scenario');
const { surroundingsFor } = require('./surroundings');

const CLIENTS = /** @type {const} */ ({ key: 'pump', x509: 'camera', module: 'pump/filter' });

for (const [kind, clientId] of Object.entries(CLIENTS)) {
  for (const protocol of ['mqtt', 'websockets']) {
    test(`azure-iot-device for Node.js: ${kind}, ${protocol}`, (t) =>
      ifAllIsThere(t, async () => {
        const { gateway, facts } = await surroundingsFor(t);
        const environment = facts(clientId);
        // It does not heed GatewayHostName with X.509.
        if (kind === 'x509')
          environment.CONNECTION_STRING = gateway.connectionString(clientId, { direct: true });
        const words = ['azure_node_device.js', kind, protocol];
        await play(gateway, clientId, new ForeignProgram(t, process.execPath, words, environment));
      }));
  }
}
