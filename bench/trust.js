// @ts-check
'use strict';

/**
 * What trust costs, and whether neighbours notice: connections under the roots of the operating system, chains that are dear to
 * verify, look-ups that hang.
 *
 *     npm run bench:trust [-- --only <scene>]
 *
 * Exit code 0: every target is met; 1: one is missed.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const { createChain } = require('../gateway');
const { runScenes } = require('./scene');
const { SCENES } = require('./trust/scenes');

async function setStage() {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256', host: ['localhost', '127.0.0.1'] });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-trust-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  // As large as a system's store, and the same on each machine.
  const store = path.join(folder, 'store.pem');
  fs.writeFileSync(store, [...tls.rootCertificates, chain.rootPem].join('\n'));
  return { folder, store, ca: chain.rootPem, pems: { key: chain.serverKeyPem, cert: chain.chainPem } };
}

runScenes(SCENES, setStage);
