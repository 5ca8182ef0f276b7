// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createChain, createDeviceCertificate, startGateway } = require('../../..');
const { directoryFor } = require('../../directory');
const { nextAddress, requirePorts } = require('./preparation');

/**
 * @typedef {object} Surroundings
 * @property {import('../../..').Gateway} gateway on the ports that clients look for
 * @property {string} caFile
 * @property {{ certFile: string, keyFile: string }} own of the X.509 device `camera`
 * @property {(clientId: string) => Record<string, string>} facts of a client, for its environment
 */

/** Other SDKs know no other ports. */
const MQTT_PORT = 8883;
const HTTPS_PORT = 443;

/**
 * A gateway as real ones are: ports 8883 and 443, and a certificate for where it is.
 * @param {import('node:test').TestContext} t
 * @returns {Promise<Surroundings>}
 */
async function surroundingsFor(t) {
  const host = nextAddress();
  await requirePorts(host, [MQTT_PORT, HTTPS_PORT]);
  const chain = await createChain({ variant: 'good-ip', host });
  const own = await createDeviceCertificate({ deviceId: 'camera' });
  const gateway = await startGateway({
    chain,
    host,
    port: MQTT_PORT,
    webSocketPort: HTTPS_PORT,
    keep: Infinity,
    devices: [
      { deviceId: 'pump', modules: [{ moduleId: 'filter' }] },
      { deviceId: 'camera', x509: { primaryThumbprint: own.thumbprintSha256 } },
    ],
  });
  t.after(() => gateway.close());
  const directory = directoryFor(t);
  const file = (/** @type {string} */ name, /** @type {string} */ text) => {
    fs.writeFileSync(path.join(directory, name), text, { mode: 0o600 });
    return path.join(directory, name);
  };
  const caFile = file('root.pem', gateway.rootPem);
  const certFile = file('camera.pem', own.certPem);
  const keyFile = file('camera.key', own.keyPem);
  const facts = (/** @type {string} */ clientId) => {
    const { username, password = '' } = gateway.mqttCredentials(clientId);
    return {
      GATEWAY: host,
      CA_FILE: caFile,
      CERT_FILE: certFile,
      KEY_FILE: keyFile,
      CLIENT_ID: clientId,
      MQTT_USERNAME: username,
      MQTT_PASSWORD: password,
      CONNECTION_STRING: gateway.connectionString(clientId),
      // As the SDKs read them from the environment of a module.
      EdgeHubConnectionString: gateway.connectionString(clientId),
      EdgeModuleCACertificateFile: caFile,
    };
  };
  return { gateway, caFile, own: { certFile, keyFile }, facts };
}

module.exports = { surroundingsFor };
