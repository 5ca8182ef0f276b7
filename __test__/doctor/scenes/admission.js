'use strict';

const http = require('node:http');
const { SharedAccessSignature, connect } = require('../../..');
const { DEVICE, HUB, KEY, connectionStringTo, gatewayFor, listening } = require('../surroundings');

/** So long a gateway that is online takes to refuse a device it does not know (contract edge-gateway.md §7). */
const ONLINE_REFUSAL_MS = 3000;
const HOUR_S = 3600;
const now = () => Math.floor(Date.now() / 1000);
const tokenOf = (expiry, { device = DEVICE, hub = HUB } = {}) =>
  SharedAccessSignature.create(hub, device, KEY, expiry).toString();

/** What the gateway does not like about the device, or does when it has admitted it. @type {import('./index').Scenes} */
module.exports = {
  'key-refused': async (t) => {
    const { ca, at } = await gatewayFor(t);
    const other = Buffer.from('another key of thirty-two bytes!').toString('base64');
    return { connectionString: connectionStringTo(at, { SharedAccessKey: other }), ca, secrets: [other] };
  },
  'device-unknown': async (t) => {
    const options = { limits: { refusalDelayMs: ONLINE_REFUSAL_MS } };
    const { ca, at } = await gatewayFor(t, {}, options);
    const surroundings = { limits: { connackMs: 10_000 } };
    return { connectionString: connectionStringTo(at, { DeviceId: 'nobody' }), ca, surroundings };
  },
  'connect-unanswered': (t) => gatewayFor(t, {}, { faults: { connack: 'silent' } }),
  'connect-closed': (t) => gatewayFor(t, {}, { faults: { connack: 'cut' } }),
  'gateway-unavailable': (t) => gatewayFor(t, {}, { faults: { connack: { code: 3 } } }),
  'protocol-version': (t) => gatewayFor(t, {}, { faults: { connack: { code: 1 } } }),
  'audience-refused': async (t) => {
    const { ca, at } = await gatewayFor(t, { host: ['gateway.local', 'localhost'] });
    return { connectionString: connectionStringTo(undefined, { HostName: at }), ca };
  },
  'token-expired': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return withToken(at, tokenOf(now() - HOUR_S), ca);
  },
  'token-milliseconds': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return withToken(at, tokenOf(Date.now() + HOUR_S * 1000), ca);
  },
  'token-encoding': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return withToken(at, tokenOf(now() + HOUR_S).replace(/%3D|%2B/gi, decodeURIComponent), ca);
  },
  'token-other-device': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return withToken(at, tokenOf(now() + HOUR_S, { device: 'd2' }), ca);
  },
  'token-audience': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return withToken(at, tokenOf(now() + HOUR_S, { hub: 'other.azure-devices.net' }), ca);
  },
  'token-refused': async (t) => {
    const { ca, at, gateway } = await gatewayFor(t);
    gateway.rotateKeys(DEVICE);
    return withToken(at, tokenOf(now() + HOUR_S), ca);
  },
  'clock-behind, told by a web server': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    return { connectionString, ca, surroundings: await twoHoursBehind(t) };
  },
  'taken-over': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const rival = await connect({ connectionString, ca });
    t.after(() => rival.close());
    return { connectionString, ca, surroundings: { limits: { stayMs: 5000 } } };
  },
  'send-unacknowledged': async (t) => {
    const scene = await gatewayFor(t, {}, { faults: { publish: 'drop-puback' } });
    return { ...scene, send: true, surroundings: { limits: { sendMs: 300 } } };
  },
  'send-lost': async (t) => {
    const scene = await gatewayFor(t, {}, { faults: { publish: 'cut-before-store' } });
    return { ...scene, send: true };
  },
  'gateway-restarts': async (t) => {
    const scene = await gatewayFor(t);
    scene.gateway.once('connected', () => setImmediate(() => scene.gateway.halt('restart')));
    return scene;
  },
};

/** @param {import('node:test').TestContext} t */
async function twoHoursBehind(t) {
  const ahead = new Date(Date.now() + 2 * HOUR_S * 1000).toUTCString();
  const server = http.createServer((request, response) => response.setHeader('date', ahead).end());
  return { webPorts: [await listening(t, server)] };
}

/**
 * @param {string} at
 * @param {string} token
 * @param {string} ca
 */
function withToken(at, token, ca) {
  const connectionString = connectionStringTo(at, {
    SharedAccessKey: undefined,
    SharedAccessSignature: token,
  });
  return { connectionString, ca, secrets: [token, /sig=([^&]+)/.exec(token)?.[1] ?? ''] };
}
