// @ts-check
'use strict';

const { once } = require('node:events');
const net = require('node:net');

/** Content type of TLS records; close_notify is one. */
const ALERT = 0x15;

/**
 * A TCP proxy on the loopback interface that keeps what the gateway sends.
 * @param {Pick<import('node:test').TestContext, 'after'>} t
 * @param {number} port
 * @param {string} [host]
 */
async function tap(t, port, host = '127.0.0.1') {
  /** @type {Buffer[]} */
  const chunks = [];
  const proxy = net.createServer((client) => {
    const upstream = net.connect(port, host);
    upstream.on('data', (chunk) => chunks.push(chunk));
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const address = /** @type {net.AddressInfo} */ (proxy.address());
  return { port: address.port, bytes: () => Buffer.concat(chunks) };
}

/**
 * Content types of TLS records.
 * @param {Buffer} bytes
 */
function recordTypes(bytes) {
  const types = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at]);
  return types;
}

module.exports = { ALERT, recordTypes, tap };
