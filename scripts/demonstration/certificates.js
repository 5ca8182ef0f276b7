// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { X509Certificate } = require('node:crypto');
const { createChain } = require('edge-downstream-gateway');
const { ROOT } = require('../command');

/** @typedef {import('edge-downstream-gateway').Chain} Chain */

const DIRECTORY = path.join(ROOT, '.cache', 'demonstration');
const CHAIN = path.join(DIRECTORY, 'chain.json');
const ROOT_CERTIFICATE = path.join(DIRECTORY, 'root.ca.cert.pem');

/** As long as a demonstration may take. Milliseconds. */
const AMPLE = 24 * 3600 * 1000;

/**
 * A chain shaped like a real gateway's, with CA keys as long as certGen.sh makes them. Those take seconds to find, so the
 * chain serves until it expires (30 days).
 *
 * @returns {Promise<{ chain: Chain, rootFile: string }>}
 */
async function certificates() {
  const chain = kept() ?? (await create());
  fs.writeFileSync(ROOT_CERTIFICATE, chain.rootPem);
  return { chain, rootFile: ROOT_CERTIFICATE };
}

/** @returns {Chain | undefined} */
function kept() {
  try {
    const chain = JSON.parse(fs.readFileSync(CHAIN, 'utf8'));
    const shortest = Math.min(
      ...[chain.rootPem, chain.intermediatePem, chain.deviceCaPem, chain.serverPem].map((pem) =>
        Date.parse(new X509Certificate(pem).validTo),
      ),
    );
    return shortest > Date.now() + AMPLE ? chain : undefined;
  } catch {
    // There is none, or it is damaged: a new one serves as well.
    return undefined;
  }
}

/** @returns {Promise<Chain>} */
async function create() {
  console.log('Making the certificates: root → intermediate → device CA → server, RSA 4096 …');
  const chain = await createChain({ host: 'localhost', edgeDeviceName: 'demonstration', caKeySize: 4096 });
  fs.mkdirSync(DIRECTORY, { recursive: true });
  // With the key of the server certificate.
  fs.writeFileSync(CHAIN, JSON.stringify(chain), { mode: 0o600 });
  return chain;
}

module.exports = { certificates };
