'use strict';

/**
 * Runs in a project that installed the packages: its own gateway, for one message of one device. The first line tells how to
 * reach it, the second what came.
 */

const fs = require('node:fs');
const path = require('node:path');
const { createChain, startGateway } = require('edge-downstream-gateway');

async function main() {
  const gateway = await startGateway({
    chain: await createChain({ host: 'localhost' }),
    devices: [{ deviceId: 'installed' }],
  });
  const ca = path.resolve('root.pem');
  fs.writeFileSync(ca, gateway.rootPem);
  console.log(JSON.stringify({ connectionString: gateway.connectionString('installed'), ca }));
  const [{ body }] = await gateway.waitForMessages(1, { timeoutMs: 60_000 });
  console.log(String(body));
  await gateway.close();
}

main();
