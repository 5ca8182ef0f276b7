'use strict';

const tls = require('node:tls');
const { createChain } = require('../../gateway');
const { connectionStringTo, listening } = require('./surroundings');

const HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');

/** @param {string[]} names @returns {Buffer} The header of SASL and a frame of mechanisms, as edgeHub sends it. */
function mechanisms(...names) {
  const symbols = Buffer.concat(names.map((name) => Buffer.from([name.length, ...Buffer.from(name)])));
  const array = Buffer.from([0xe0, symbols.length + 2, names.length, 0xa3, ...symbols]);
  const body = Buffer.from([0x00, 0x53, 0x40, 0xc0, array.length + 1, 1, ...array]);
  const frame = Buffer.from([0, 0, 0, body.length + 8, 2, 1, 0, 0]);
  return Buffer.concat([HEADER, frame, body]);
}

/**
 * @param {(data: Buffer) => Buffer | string | undefined} answer To the first bytes; it closes without.
 * @returns {(t: import('./surroundings').Until) => Promise<import('./scenes').Scene>}
 */
const answering = (answer) => async (t) => {
  const chain = await createChain({ variant: 'good-dns' });
  const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      const given = answer(data);
      if (given === undefined) socket.end();
      else socket.write(given);
    });
  });
  server.on('tlsClientError', () => {});
  const port = await listening(t, server);
  return { connectionString: connectionStringTo(`localhost:${port}`), ca: chain.rootPem, protocol: 'amqp' };
};

module.exports = { HEADER, answering, mechanisms };
