// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain } = require('../gateway');
const { PEERS } = require('./preparation');

/**
 * A scratch directory with the client programs, the peers and the certificates; gone when the bench ends.
 *
 * The programs are copied here because Node resolves packages from where a file lies: from `bench/clients` it would
 * find the repository's own development dependencies before the pinned peers.
 *
 * @typedef {object} Stage
 * @property {string} directory
 * @property {string} ca path of the root certificate
 * @property {string} chain path of what the servers present
 * @property {string} key path of the servers' private key
 */

/** @returns {Promise<Stage>} */
async function setStage() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-bench-'));
  process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));

  const clients = path.join(__dirname, 'clients');
  for (const file of fs.readdirSync(clients))
    fs.copyFileSync(path.join(clients, file), path.join(directory, file));
  fs.symlinkSync(path.join(PEERS, 'node_modules'), path.join(directory, 'node_modules'), 'junction');

  const chain = await createChain({ host: ['localhost', '127.0.0.1'] });
  /** @type {(name: string, text: string) => string} */
  const write = (name, text) => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    directory,
    ca: write('root.pem', chain.rootPem),
    chain: write('chain.pem', chain.chainPem),
    key: write('key.pem', chain.serverKeyPem),
  };
}

module.exports = { setStage };
