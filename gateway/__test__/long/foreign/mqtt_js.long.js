// @ts-check
'use strict';

const { test } = require('node:test');
const { ForeignProgram } = require('./foreign_program');
const { ifAllIsThere, nodeModulesWith } = require('./preparation');
const { play } = require('./scenario');
const { surroundingsFor } = require('./surroundings');

for (const protocol of ['mqtt', 'websockets']) {
  test(`a device on MQTT.js 5, ${protocol}`, (t) =>
    ifAllIsThere(t, async () => {
      const MODULES = nodeModulesWith('mqttjs', 'mqtt@5.16.0');
      const { gateway, facts } = await surroundingsFor(t);
      const environment = { ...facts('pump'), MODULES };
      const program = new ForeignProgram(t, process.execPath, ['mqtt_js_device.js', protocol], environment);
      await play(gateway, 'pump', program);
    }));
}
