// @ts-check
'use strict';

const path = require('node:path');
const { INSTALLED } = require('../scripts/packed');

/**
 * What makes an unmodified azure-iot-device script run on this package, packed and installed as users get it: see
 * `installPacked`.
 */
const REGISTER = path.join(INSTALLED, 'lib', 'compat', 'register.js');

/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} name
 * @property {string} program in `clients/`
 * @property {string[]} nodeArguments
 * @property {string[]} packages what a user installs to have it; empty where it is packed from this checkout
 */

/** Whose ratio to the others is the subject. */
const OURS = 'ours';

/** @type {Contender[]} */
const contenders = [
  {
    id: OURS,
    name: 'edge-downstream',
    program: 'azure_iot_device.js',
    nodeArguments: ['-r', REGISTER],
    packages: [],
  },
  {
    id: 'azure',
    name: 'azure-iot-device',
    program: 'azure_iot_device.js',
    nodeArguments: [],
    packages: ['azure-iot-device', 'azure-iot-device-mqtt'],
  },
  { id: 'mqttjs', name: 'MQTT.js 5', program: 'mqtt_js.js', nodeArguments: [], packages: ['mqtt'] },
  { id: 'awscrt', name: 'aws-crt', program: 'aws_crt.js', nodeArguments: [], packages: ['aws-crt'] },
];

module.exports = { contenders, OURS, REGISTER };
