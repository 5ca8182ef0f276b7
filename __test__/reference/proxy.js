// @ts-check
'use strict';

const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');

/**
 * An HTTP proxy that leads some ports elsewhere: azure-iot-device knows none but 443, which a test cannot have.
 *
 * @param {Record<number, number>} elsewhere
 * @returns {Promise<{ port: number, tunnels: () => number, close: () => Promise<void> }>}
 */
async function startProxy(elsewhere) {
  let tunnels = 0;
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const server = http.createServer();
  server.on('connect', ({ url = '' }, /** @type {net.Socket} */ socket) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(url) ?? [];
    const onward = net.connect(elsewhere[Number(port)] ?? Number(port), host, () => {
      tunnels += 1;
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const [each, other] of [
      [socket, onward],
      [onward, socket],
    ]) {
      sockets.add(each);
      each.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {net.AddressInfo} */ (server.address()).port,
    tunnels: () => tunnels,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

module.exports = { startProxy };
