// @ts-check
'use strict';

const { test } = require('node:test');
const { ForeignProgram } = require('./foreign_program');
const { ifAllIsThere, pythonWith } = require('./preparation');
const { play } = require('./scenario');
const { surroundingsFor } = require('./surroundings');

for (const [name, requirement] of [
  ['paho1', 'paho-mqtt==1.6.1'],
  ['paho2', 'paho-mqtt==2.1.0'],
]) {
  test(`a device on ${requirement}`, (t) =>
    ifAllIsThere(t, async () => {
      const python = pythonWith(name, requirement);
      const { gateway, facts } = await surroundingsFor(t);
      await play(gateway, 'pump', new ForeignProgram(t, python, ['paho_device.py'], facts('pump')));
    }));
}
