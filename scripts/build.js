// @ts-check
'use strict';

const { main } = require('./command');
const { build } = require('./setup');

main(build);
