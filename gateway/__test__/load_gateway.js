// @ts-check
'use strict';

const { createChain, startGateway } = require('..');

/** A gateway in a process of its own, for tests of its memory: answers every message from its parent. */
async function main() {
  const chain = await createChain({ variant: 'p-256' });
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1' }] });
  process.on('message', () => {
    globalThis.gc?.();
    process.send?.({ received: gateway.counts.received, rss: process.memoryUsage.rss() });
  });
  process.send?.({
    host: gateway.host,
    port: gateway.port,
    rootPem: gateway.rootPem,
    hubHostName: gateway.hubHostName,
    connectionString: gateway.connectionString('d1'),
  });
  process.once('disconnect', () => gateway.close());
}

main();
