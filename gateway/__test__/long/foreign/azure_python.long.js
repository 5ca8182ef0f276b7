// @ts-check
'use strict';

const { test } = require('node:test');
const { ForeignProgram } = require('./foreign_program');
const { ifAllIsThere, pythonWith } = require('./preparation');
const { play } = require('./scenario');
const { surroundingsFor } = require('./surroundings');

const CLIENTS = /** @type {const} */ ({ key: 'pump', x509: 'camera', module: 'pump/filter' });

for (const [kind, clientId] of Object.entries(CLIENTS)) {
  for (const protocol of ['mqtt', 'websockets']) {
    test(`azure-iot-device for Python: ${kind}, ${protocol}`, (t) =>
      ifAllIsThere(t, async () => {
        const python = pythonWith('azure', 'azure-iot-device==2.14.0');
        const { gateway, facts } = await surroundingsFor(t);
        const words = ['azure_python_device.py', kind, protocol];
        await play(gateway, clientId, new ForeignProgram(t, python, words, facts(clientId)));
      }));
  }
}
