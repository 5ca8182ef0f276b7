'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { inspect } = require('node:util');
const { examine } = require('../../lib/doctor/examination');
const { LIMITS, gatewayFor } = require('./surroundings');

it('a gateway that answers only the second CONNECT is in order, with a warning of the versions that lose the first', async (t) => {
  let connects = 0;
  const faults = {
    connack: () => {
      connects += 1;
      return connects === 1 ? 'silent' : undefined;
    },
  };
  const { connectionString, ca } = await gatewayFor(t, {}, { faults });
  const report = await examine(
    { connectionString, ca },
    { webPorts: [], env: {}, limits: { ...LIMITS, connackMs: 20_000 } },
  );
  const [found] = report.findings;
  assert.equal(found?.code, 'connect-lost-early', inspect(report.findings, { depth: 3 }));
  assert.equal(found.severity, 'warning');
  assert.match(`${found.explanation} ${found.remedy}`, /1\.6\.0 and 1\.6\.1.*SslProtocols=tls1\.2/);
  assert.equal(report.facts.connect.repeated, true);
  assert.ok(connects >= 2);
});
