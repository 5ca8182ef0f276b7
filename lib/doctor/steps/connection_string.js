// @ts-check
'use strict';

const { readConnectionString, refusalOf } = require('../connection_string_reading');
const { credentialOf } = require('../credentials');
const { identify } = require('../identity');
const { judgeConnectionString } = require('../judgement/connection_string');

/** Contract edge-gateway.md §10.2, rows 1 to 5. @type {import('../steps').Step<'connectionString'>} */
module.exports = {
  name: 'connectionString',
  title: 'Connection string',
  gather(examination) {
    const { connectionString, protocol } = examination.settings;
    const refusal = refusalOf(connectionString);
    const { fields, faults } = readConnectionString(connectionString, refusal === undefined);
    const identity = identify(fields, faults, protocol.port);
    const kind = credentialOf(identity.credential);
    if (kind) examination.secret = fields[kind.field];
    return { ...identity, protocol: protocol.name, faults, ...(refusal && { refusal }) };
  },
  judge: judgeConnectionString,
};
