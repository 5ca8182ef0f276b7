'use strict';

const http = require('node:http');
const { SharedAccessSignature } = require('../../..');
const { createChain } = require('../../../gateway');
const { DEVICE, HUB, KEY, fileFor, listening } = require('../surroundings');

/** @typedef {import('../scenes').Scene} Scene */

/**
 * What is unusual about a set-up and does no harm. It changes the certificates and the gateway while they are made, or
 * what the device is given.
 *
 * @typedef {object} Oddity
 * @property {string} name
 * @property {import('../../../gateway').ChainOptions} [chain]
 * @property {import('../../../gateway').GatewayOptions} [gateway]
 * @property {(scene: Scene, t: import('../surroundings').Until) => Scene | Promise<Scene>} [finish]
 * @property {string} [kind] Of one kind there is one at most.
 * @property {RegExp} [unless] Scenes that it would change the meaning of.
 */

/** Whose fault is in the text. */
const TEXT =
  /^(connection-string|credential|key-|device-id|gateway-(port|name|missing|is-hub)|audience|policy)/;
/** Whose fault is in the root that is given, or in the chain. */
const ROOT = /^(ca-|root-|intermediate|interception|not-the-gateway|certificate|clock|path|names-not)/;

/** Whose chain has a shape of its own. */
const SHAPE = new RegExp(`${ROOT.source}|quick|chain|root|intermediate|address`);

/** @param {(text: string) => string} change @returns {Oddity['finish']} */
const text = (change) => (scene) => ({ ...scene, connectionString: change(scene.connectionString) });
/** @param {(pem: string, t: import('../surroundings').Until) => any} change @returns {Oddity['finish']} */
const root = (change) => async (scene, t) =>
  typeof scene.ca === 'string' && scene.ca.includes('BEGIN CERTIFICATE-')
    ? { ...scene, ca: await change(scene.ca, t) }
    : scene;
/** @param {string} pem */
const der = (pem) => Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');

/** @type {Oddity[]} */
const ODDITIES = [
  { name: 'a semicolon at the end', unless: TEXT, finish: text((given) => `${given};`) },
  {
    name: 'the fields in another order',
    unless: TEXT,
    finish: text((given) => given.split(';').reverse().join(';')),
  },
  {
    name: 'capitals in the host name',
    unless: TEXT,
    finish: text((given) => given.replace('=localhost', '=LocalHost')),
  },
  {
    name: 'the hub in capitals',
    unless: TEXT,
    finish: text((given) => given.replace(HUB, HUB.toUpperCase())),
  },
  {
    name: 'a token in place of the key',
    unless:
      /^(connection-string|credential|key|policy|audience|device-unknown|gateway-is|token|clock)|HostName/,
    finish: text((given) => given.replace(`SharedAccessKey=${KEY}`, `SharedAccessSignature=${token()}`)),
  },
  { name: 'a server key of P-384', unless: ROOT, chain: { serverKey: 'P-384' } },
  { name: 'CAs with keys of P-384', unless: ROOT, chain: { caKey: 'P-384' } },
  {
    name: 'a root of another name',
    kind: 'shape',
    unless: SHAPE,
    chain: { rootName: 'Werk Süd Root CA' },
  },
  {
    name: 'the root presented, too',
    kind: 'shape',
    unless: SHAPE,
    chain: { present: ['server', 'deviceCa', 'intermediate', 'root'] },
  },
  {
    name: 'a shuffled chain',
    kind: 'shape',
    unless: SHAPE,
    chain: { present: ['server', 'intermediate', 'deviceCa'] },
  },
  { name: 'a quick-start gateway', kind: 'shape', unless: SHAPE, chain: { quickStart: true } },
  { name: 'several names', unless: ROOT, chain: { host: ['localhost', 'gateway.local', '127.0.0.1'] } },
  { name: 'TLS 1.2 only', unless: /^tls|TLS/, gateway: { maxVersion: 'TLSv1.2' } },
  { name: 'the root in a file', finish: root((pem, t) => fileFor(t, pem)) },
  { name: 'the root as bytes', kind: 'form', finish: root((pem) => Buffer.from(pem)) },
  { name: 'the root in DER', kind: 'form', unless: /^ca-broken/, finish: root(der) },
  {
    name: 'line ends of Windows in the root',
    kind: 'form',
    finish: root((pem) => pem.replaceAll('\n', '\r\n')),
  },
  { name: 'words before the root', kind: 'form', finish: root((pem) => `Subject: CN=Root\n${pem}`) },
  { name: 'the root indented', kind: 'form', finish: root((pem) => pem.replace(/^/gm, '    ')) },
  { name: 'the root twice', kind: 'form', finish: root((pem) => `${pem}\n${pem}`) },
  {
    name: 'a second root of somebody else',
    unless: /^(ca-|root-|certificate-pinned)/,
    finish: root(async (pem) => [
      (await createChain({ variant: 'good-dns', rootName: 'Other' })).rootPem,
      pem,
    ]),
  },
  {
    name: 'a proxy that only others use',
    unless: /^proxy/,
    finish: (scene) => ({
      ...scene,
      surroundings: { ...scene.surroundings, env: { ALL_PROXY: 'socks5://proxy.local:1080' } },
    }),
  },
  {
    name: 'a web server on the gateway that has the time',
    unless: /^clock/,
    finish: async (scene, t) => {
      const server = http.createServer((_request, response) => response.end());
      const webPorts = [await listening(t, server)];
      return { ...scene, surroundings: { ...scene.surroundings, webPorts } };
    },
  },
];

function token() {
  return SharedAccessSignature.create(HUB, DEVICE, KEY, Math.floor(Date.now() / 1000) + 3600).toString();
}

module.exports = { ODDITIES };
