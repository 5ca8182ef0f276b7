'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain } = require('../../gateway');
const { freePort, SMALL } = require('../bad_input/telling');
const { listeningOn } = require('./ports');

/**
 * `openssl s_server`, which demands a certificate of a CA that no device has, and says so within TLS; until the test ends.
 *
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {import('../../gateway').Chain} chain What it shows itself.
 * @param {'TLSv1.2' | 'TLSv1.3'} version
 * @returns {Promise<number>} Its port.
 */
async function startDemandingServer(t, chain, version) {
  const stranger = await createChain({ ...SMALL, host: 'localhost', rootName: 'Another Root' });
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-demanding-'));
  const file = (/** @type {string} */ name, /** @type {string} */ content) => {
    fs.writeFileSync(path.join(directory, name), content, { mode: 0o600 });
    return path.join(directory, name);
  };
  const port = await freePort();
  const server = spawn('openssl', [
    's_server',
    ...['-accept', String(port)],
    version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3',
    ...['-Verify', '2', '-verify_return_error', '-quiet'],
    ...['-cert_chain', file('chain.pem', chain.chainPem)],
    ...['-cert', file('server.pem', chain.serverPem)],
    ...['-key', file('server.key', chain.serverKeyPem)],
    ...['-CAfile', file('other.pem', stranger.rootPem)],
  ]);
  t.after(async () => {
    if (server.exitCode === null && server.kill()) await once(server, 'exit');
    fs.rmSync(directory, { recursive: true });
  });
  await listeningOn(port);
  return port;
}

module.exports = { startDemandingServer };
