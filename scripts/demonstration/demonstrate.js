// @ts-check
'use strict';

const { startGateway } = require('edge-downstream-gateway');
const { legible } = require('edge-downstream-gateway/encoding/legible');
const { certificates } = require('./certificates');
const { startDevice } = require('./device');

/** @typedef {import('edge-downstream-gateway').Gateway} Gateway */

const DEVICE_ID = 'thermometer';
/** Beyond the time that sending takes: start, handshake, close. Milliseconds. */
const GRACE_MS = 30_000;
/** What a message with `--interval 0` takes at the slowest. Milliseconds. */
const SLOWEST_MS = 20;

/**
 * A device sends to a gateway, which sends something back.
 *
 * @param {import('./options').Options} options
 * @returns {Promise<number>} The exit code.
 */
async function demonstrate({ messages, interval }) {
  const { chain, rootFile } = await certificates();
  const gateway = await startGateway({ chain, devices: [{ deviceId: DEVICE_ID }], keep: 0 });
  const connectionString = gateway.connectionString(DEVICE_ID);
  console.log(`Gateway  ${gateway.hostname}:${gateway.port}, trusted by ${rootFile}`);
  console.log(`Device   ${connectionString.replace(/(SharedAccessKey=)[^;]*/, '$1…')}\n`);

  const watch = watchGateway(gateway);
  const { child, ended } = startDevice({
    connectionString,
    rootFile,
    args: ['--messages', String(messages), '--interval', String(interval), '--wait-for-c2d'],
    print: (line) => console.log(`device   | ${line}`),
  });
  const stopped = forwardSignals(child);
  const allowed = messages * Math.max(interval, SLOWEST_MS) + GRACE_MS;
  const timer = setTimeout(() => child.kill('SIGKILL'), Math.min(allowed, 2 ** 31 - 1));

  const fault = await ended;
  clearTimeout(timer);
  await gateway.close();
  const faults = fault === undefined ? [] : [`the device ended with ${fault}`];
  faults.push(...watch.faults(messages));
  return report(faults, messages, stopped.signal);
}

/**
 * Shows what the gateway gets, and answers the first message.
 *
 * @param {Gateway} gateway
 */
function watchGateway(gateway) {
  const print = (/** @type {string} */ text) => console.log(`gateway  | ${legible(text)}`);
  /** Message texts; one that came twice counts once. @type {Set<string>} */
  const bodies = new Set();
  /** @type {import('edge-downstream-gateway').C2DMessage | undefined} */
  let toDevice;
  /** How the latest connection ended. */
  let lastEnd = 'no connection';

  gateway.on('connected', ({ deviceId, tlsVersion }) => print(`${deviceId} connected, ${tlsVersion}`));
  gateway.on('disconnected', ({ deviceId, reason }) => {
    lastEnd = reason;
    print(`${deviceId} disconnected: ${reason}`);
  });
  gateway.on('refused', ({ clientId, reason }) => print(`${clientId ?? 'somebody'} refused: ${reason}`));
  gateway.on('handshakeFailed', ({ reason }) => print(`TLS handshake failed: ${reason}`));
  gateway.on('dropped', ({ clientId, reason }) => print(`${clientId}: message dropped: ${reason}`));
  gateway.on('c2d', ({ deviceId, status }) => print(`message to ${deviceId} ${status}`));
  gateway.on('telemetry', ({ deviceId, properties, systemProperties, body }) => {
    bodies.add(String(body));
    const { contentType = '' } = systemProperties;
    print(`${deviceId}  ${JSON.stringify(properties)}  ${contentType}  ${body}`);
    if (toDevice) return;
    toDevice = gateway.sendC2D(deviceId, 'Good morning, thermometer', { properties: { from: 'the cloud' } });
    print(`message to ${deviceId} sent`);
  });

  return {
    /**
     * @param {number} messages
     * @returns {string[]} What did not arrive.
     */
    faults(messages) {
      const faults = [];
      if (bodies.size !== messages) faults.push(`${bodies.size} of ${messages} messages arrived`);
      if (toDevice?.status !== 'completed') faults.push('the message to the device was not completed');
      if (lastEnd !== 'DISCONNECT') faults.push(`not closed in good order: ${lastEnd}`);
      return faults;
    },
  };
}

/**
 * Ctrl-C reaches the device by itself, which then closes; a signal to us alone is passed on.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  /** @type {{ signal?: 'SIGINT' | 'SIGTERM' }} */
  const stopped = {};
  process.once('SIGINT', () => {
    stopped.signal = 'SIGINT';
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  process.once('SIGTERM', () => {
    stopped.signal = 'SIGTERM';
    child.kill('SIGINT');
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return stopped;
}

/**
 * @param {string[]} faults
 * @param {number} messages
 * @param {'SIGINT' | 'SIGTERM' | undefined} signal
 * @returns {number} The exit code.
 */
function report(faults, messages, signal) {
  if (signal) {
    console.log('\nStopped.');
    return signal === 'SIGINT' ? 130 : 143;
  }
  if (faults.length > 0) {
    console.error(`\nThis went wrong: ${faults.join('; ')}.`);
    return 1;
  }
  console.log(`\nAll went well: ${messages} sent and received, one back to the device, closed.`);
  return 0;
}

module.exports = { demonstrate };
