'use strict';

const { strictProviderOf } = require('../../lib/authentication/strict_provider');
const { Client } = require('../../lib/client/client');
const { judgeWhole } = require('../../lib/doctor/judgement/whole');
const { protocolOf } = require('../../lib/doctor/protocols');
const connectionStringStep = require('../../lib/doctor/steps/connection_string');
const tokenStep = require('../../lib/doctor/steps/token');
const { MqttIdentity } = require('../../lib/mqtt/identity');
const { KeptTransport } = require('../client/fake_transport');

/** What each of the three that read connection strings makes of one. */

const MQTT_PORT = 8883;

/** `d1 at gw:8883`, by the credentials that a transport is given. */
async function targetOf(provider) {
  const identity = new MqttIdentity(await provider.getDeviceCredentials());
  provider.stop?.();
  const { host, port } = identity.endpoint(MQTT_PORT);
  return `${identity.clientId} at ${host}:${port}`;
}

/**
 * @param {() => any} make Makes a provider.
 * @returns {Promise<string>} Where the device connects to, or the code of the error.
 */
async function answerOf(make) {
  try {
    return await targetOf(make());
  } catch (error) {
    if (!error.code?.startsWith('ERR_IOT_')) throw error;
    return error.code;
  }
}

/** @param {string} text */
function readByClient(text) {
  return answerOf(() => Client.fromConnectionString(text, KeptTransport)._transport.authenticationProvider);
}

/** @param {string} text */
function readByConnect(text) {
  return answerOf(() => strictProviderOf(text).provider);
}

/**
 * @param {string} text
 * @returns {{ target: string, problems: string[] }} As the doctor corrects it, and the codes of what it finds wrong.
 */
function readByDoctor(text) {
  const now = () => Date.UTC(2026, 0, 1);
  const settings = { connectionString: text, protocol: protocolOf('mqtt') };
  const examination = { settings, now, facts: {} };
  const { facts } = examination;
  const findings = [];
  for (const step of [connectionStringStep, tokenStep]) {
    if (step.skip?.(facts, examination)) continue;
    facts[step.name] = step.gather(examination);
    facts.clock = { now: new Date(now()).toISOString() };
    findings.push(...step.judge(facts).map((each) => ({ ...each, step: step.name })));
  }
  // As if all the rest were well.
  const through = { ...facts, connect: { outcome: 'accepted', ms: 1 } };
  findings.push(...judgeWhole(through, findings));
  const problems = findings.filter(({ severity }) => severity === 'problem').map(({ code }) => code);
  const { deviceId, moduleId, host, port } = facts.connectionString;
  const id = moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;
  return { target: host === undefined ? '' : `${id} at ${host}:${port}`, problems };
}

module.exports = { readByClient, readByConnect, readByDoctor };
