'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { diagnose, errors } = require('../..');
const { examine } = require('../../lib/doctor/examination');
const { STEPS } = require('../../lib/doctor/steps');
const { LIMITS, connectionStringTo, freePort, gatewayFor } = require('./surroundings');

it('diagnose() resolves with a report that is plain JSON, also when nothing can be connected to', async () => {
  const connectionString = connectionStringTo(`localhost:${await freePort()}`);
  const report = await diagnose({ connectionString });
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  assert.equal(report.form, 1);
  assert.equal(report.healthy, false);
  assert.match(report.verdict, /^Device d1 cannot connect to localhost:\d+\. Most likely: /);
  assert.ok(!Number.isNaN(Date.parse(report.time)));
});

it('diagnose() throws only for options that cannot be used', async () => {
  const connectionString = connectionStringTo('localhost');
  const cases = [
    [{ connectionString, host: 'x' }, 'ERR_IOT_OPTION_UNKNOWN'],
    [{ connectionString, protocol: 'http' }, 'ERR_IOT_OPTION'],
    [{ connectionString, timeout: -1 }, 'ERR_IOT_OPTION'],
    [{ connectionString, send: 'yes' }, 'ERR_IOT_OPTION'],
    [{ connectionString: '' }, 'ERR_IOT_CONNECTION_STRING_MISSING', /is empty$/],
    [{ connectionString: ' \n' }, 'ERR_IOT_CONNECTION_STRING_MISSING', /is empty$/],
    [{ connectionString: 5 }, 'ERR_IOT_CONNECTION_STRING_MISSING', /is not a text$/],
  ];
  for (const [options, code, message = /./] of cases) {
    await assert.rejects(diagnose(options), (error) => {
      assert.match(error.message, message);
      return error instanceof errors.ArgumentError && error.code === code;
    });
  }
});

it('progress tells each step as it begins and ends, in order, and the stages of connecting', async (t) => {
  const { connectionString, ca } = await gatewayFor(t);
  const heard = [];
  const onProgress = (progress) => heard.push(progress);
  const report = await examine(
    { connectionString, ca, onProgress },
    { env: {}, webPorts: [], limits: LIMITS },
  );
  // No other protocol is examined.
  const names = STEPS.filter(({ applies }) => !applies).map(({ name }) => name);
  assert.deepEqual(
    heard.filter(({ kind }) => kind === 'started').map(({ step }) => step),
    names,
  );
  assert.deepEqual(
    heard.filter(({ kind }) => kind === 'ended').map(({ step }) => step),
    report.steps,
  );
  const stages = heard.filter(({ kind }) => kind === 'stage');
  assert.ok(stages.every(({ step }) => step === 'connect'));
  assert.equal(stages.at(-1).stage, 'connack');
});

it('what onProgress throws ends the examination, and its connection', async (t) => {
  const { connectionString, ca, gateway } = await gatewayFor(t);
  const disconnected = new Promise((resolve) => gateway.once('disconnected', resolve));
  const onProgress = ({ kind, step }) => {
    if (kind === 'ended' && step.name === 'connect') throw new Error('enough');
  };
  await assert.rejects(examine({ connectionString, ca, onProgress }, { env: {}, limits: LIMITS }), /enough/);
  await disconnected;
});

it('the chain is told certificate by certificate, in the order sent, with its path', async (t) => {
  const { connectionString, ca, chain } = await gatewayFor(t, { variant: 'shuffled' });
  const report = await examine({ connectionString, ca }, { env: {}, webPorts: [], limits: LIMITS });
  const { presented, path: way, root } = report.facts.certificate;
  assert.deepEqual(
    presented.map(({ commonName }) => commonName),
    ['localhost', 'Azure_IoT_Hub_CA_Cert_Test_Only', 'Azure_IoT_Hub_Intermediate_Cert_Test_Only', 'edge.ca'],
  );
  assert.deepEqual(way, [0, 3, 2, 1]);
  assert.equal(root, 0);
  assert.equal(presented.map(({ pem }) => pem).join(''), chain.chainPem);
  const [{ names, key, purposes, ca: isCa, serialNumber, daysLeft }] = presented;
  assert.deepEqual(
    { names, key, purposes, isCa, serialNumber },
    {
      names: ['DNS:localhost', 'DNS:edgeHub'],
      key: 'EC P-256',
      purposes: ['serverAuth'],
      isCa: false,
      serialNumber: '0',
    },
  );
  assert.ok(daysLeft === 29 || daysLeft === 30);
});

it('several things are told at once: path, dates and name are judged apart', async (t) => {
  const names = ['dns:127.0.0.1', 'edgeHub'];
  const device = await gatewayFor(
    t,
    { variant: 'expired-leaf', certificates: { server: { names } } },
    { dial: '127.0.0.1' },
  );
  const surroundings = { env: {}, webPorts: [], limits: LIMITS };
  const codesFor = async (ca) => {
    const report = await examine({ connectionString: device.connectionString, ca }, surroundings);
    return { codes: report.findings.map(({ code }) => code), verdict: report.verdict };
  };
  const apart = ['certificate-expired', 'address-as-dns-name'];
  assert.deepEqual((await codesFor(device.ca)).codes, apart);
  const { codes, verdict } = await codesFor((await gatewayFor(t)).ca);
  assert.deepEqual(codes, ['root-replaced', ...apart]);
  assert.match(verdict, /There are 2 more problems\./);
});

it('another name is suggested where the issuer is the right one', async (t) => {
  const { connectionString, ca } = await gatewayFor(t, { variant: 'expired-leaf', host: 'gateway.local' });
  const report = await examine({ connectionString, ca }, { env: {}, webPorts: [], limits: LIMITS });
  const { remedy, evidence } = report.findings.find(({ code }) => code === 'name-differs');
  assert.match(remedy, /^Use GatewayHostName=gateway\.local:\d+/);
  assert.match(String(evidence.suggestion), /^gateway\.local:\d+$/);
});

it('the server certificate as root connects, with a warning that it will not for long', async (t) => {
  const { connectionString, chain } = await gatewayFor(t);
  const report = await examine(
    { connectionString, ca: chain.serverPem },
    { env: {}, webPorts: [], limits: LIMITS },
  );
  assert.deepEqual(
    report.findings.map(({ code, severity }) => [code, severity]),
    [['certificate-pinned', 'warning']],
  );
  assert.equal(report.healthy, true);
  assert.equal(report.facts.connect.outcome, 'accepted');
});
