'use strict';

const { pbkdf2Sync, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { userAgent } = require('../../lib/identity/user_agent');
const { HUB, tokenOf } = require('./identity');

/** Client id, user name and password of the client that is the cloud. */
const OBSERVER = 'observer';

/**
 * Writes the configuration of a Mosquitto.
 *
 * @param {string} directory
 * @param {object} settings
 * @param {number} settings.port TLS, for devices.
 * @param {number} settings.observerPort
 * @param {import('../../gateway').Chain} settings.chain
 * @param {string[]} [settings.tokens] The only devices let in, by their token.
 * @param {string} [settings.refuse] One of them whose token is no longer known.
 * @param {boolean} [settings.denySubscriptions] To devices.
 * @param {string} [settings.tlsVersion] The only one spoken.
 * @returns {{ file: string, environment: Record<string, string> }}
 */
function configure(directory, { port, observerPort, chain, tokens, refuse, denySubscriptions, tlsVersion }) {
  const write = (name, text) => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  let admission = ['allow_anonymous true'];
  if (denySubscriptions) {
    const rules = write('access.json', JSON.stringify(accessControl(tokens)));
    admission = [`plugin ${plugin()}`, `plugin_opt_config_file ${rules}`];
  } else if (tokens) {
    admission = [`password_file ${write('passwords', passwords(tokens, refuse))}`];
  }
  const lines = [
    'user root',
    `listener ${port} 127.0.0.1`,
    `certfile ${write('chain.pem', chain.chainPem)}`,
    `keyfile ${write('key.pem', chain.serverKeyPem)}`,
    `listener ${observerPort} 127.0.0.1`,
    ...admission,
    'persistence true',
    `persistence_location ${directory}/`,
    'max_inflight_messages 0',
    'max_queued_messages 0',
    'log_dest stderr',
    'log_type all',
    'log_timestamp false',
    '',
  ];
  // Mosquitto can set only the lowest TLS version, OpenSSL's own configuration both.
  const environment = tlsVersion && { OPENSSL_CONF: write('openssl.cnf', openSslConfiguration(tlsVersion)) };
  return { file: write('mosquitto.conf', lines.join('\n')), environment: environment || {} };
}

function openSslConfiguration(tlsVersion) {
  const versions = `MinProtocol = ${tlsVersion}\nMaxProtocol = ${tlsVersion}\n`;
  return `openssl_conf = conf\n[conf]\nssl_conf = ssl\n[ssl]\nsystem_default = versions\n[versions]\n${versions}`;
}

/** Devices with their fixed tokens. */
function passwords(deviceIds, refuse) {
  const lines = deviceIds.map(
    (deviceId) => `${usernameOf(deviceId)}:${hash(deviceId === refuse ? 'another' : tokenOf(deviceId))}`,
  );
  return [...lines, `${OBSERVER}:${hash(OBSERVER)}`, ''].join('\n');
}

/** Rules of the dynamic security plug-in: nobody but the observer may subscribe. */
function accessControl(deviceIds) {
  const devices = deviceIds.map((deviceId) => ({
    username: usernameOf(deviceId),
    ...digest(tokenOf(deviceId)),
  }));
  const acls = [{ acltype: 'subscribePattern', topic: '#', allow: true }];
  return {
    defaultACLAccess: {
      publishClientSend: true,
      publishClientReceive: true,
      subscribe: false,
      unsubscribe: true,
    },
    clients: [...devices, { username: OBSERVER, ...digest(OBSERVER), roles: [{ rolename: OBSERVER }] }],
    roles: [{ rolename: OBSERVER, acls }],
  };
}

function usernameOf(deviceId) {
  const agent = encodeURIComponent(userAgent(''));
  return `${HUB}/${deviceId}/?api-version=2021-04-12&DeviceClientType=${agent}`;
}

/** As `mosquitto_passwd` of Mosquitto 2 does it. */
function hash(password) {
  const { iterations, salt, password: key } = digest(password);
  return `$7$${iterations}$${salt}$${key}`;
}

function digest(password) {
  const salt = randomBytes(12);
  const key = pbkdf2Sync(password, salt, 101, 64, 'sha512');
  return { iterations: 101, salt: salt.toString('base64'), password: key.toString('base64') };
}

/** Part of the package `mosquitto`. */
function plugin() {
  const name = 'mosquitto_dynamic_security.so';
  const roots = ['/usr/lib', '/usr/local/lib', '/usr/lib64'].filter((root) => fs.existsSync(root));
  const places = roots.flatMap((root) => [
    root,
    ...fs.readdirSync(root).map((each) => path.join(root, each)),
  ]);
  const found = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file));
  if (found) return found;
  throw new Error(`${name}, which comes with Mosquitto 2, was not found under ${roots.join(', ')}`);
}

module.exports = { OBSERVER, configure };
