#!/usr/bin/env node
// @ts-check
'use strict';

require('../lib/doctor/command_line').main(process.argv.slice(2), process);
