// @ts-check
'use strict';

/** TLS servers that present what they are told to; nobody gets further. */

const { once } = require('node:events');
const tls = require('node:tls');

process.once('message', async (/** @type {{ pems: { cert: string, key: string }[] }} */ { pems }) => {
  const ports = [];
  for (const pem of pems) {
    const server = tls.createServer(pem, (socket) => socket.destroy()).on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
  }
  process.send?.({ ports });
});
process.on('disconnect', () => process.exit());
