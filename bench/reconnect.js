// @ts-check
'use strict';

/**
 * Coming back, beside azure-iot-device in the same run: lines that are cut, gateways that are away, two clients with one id.
 *
 *     npm run bench:reconnect [-- --only <scene>]
 *
 * Exit code 0: every target is met; 1: one is missed.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain } = require('../gateway');
const { SCENES } = require('./reconnect/scenes');
const { runScenes } = require('./scene');

/** The client lies where it finds the originals among the development dependencies of this checkout. */
async function setStage() {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256', host: ['localhost', '127.0.0.1'] });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-reconnect-'));
  process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
  const ca = path.join(scratch, 'root.pem');
  fs.writeFileSync(ca, chain.rootPem);
  return {
    directory: path.join(__dirname, 'reconnect'),
    ca,
    pems: { key: chain.serverKeyPem, cert: chain.chainPem },
    contenders: [
      { name: 'edge-downstream', flags: ['-r', path.join(__dirname, '..', 'lib', 'compat', 'register.js')] },
      { name: 'azure-iot-device', flags: [] },
    ],
  };
}

runScenes(SCENES, setStage);
