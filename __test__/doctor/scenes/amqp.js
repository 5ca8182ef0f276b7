'use strict';

const tls = require('node:tls');
const { createChain } = require('../../../gateway');
const { connectionStringTo, listening } = require('../surroundings');

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
 * @returns {(t: import('../surroundings').Until) => Promise<import('./index').Scene>}
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

/** What has the port of AMQP. @type {import('./index').Scenes} */
module.exports = {
  'not-amqp, RabbitMQ of old': answering(() => Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')),
  'not-amqp, a web server': answering(() => 'HTTP/1.1 400 Bad Request\r\n\r\n'),
  'not-amqp, an MQTT broker': answering((data) =>
    data[0] === 0x10 ? Buffer.from([0x20, 2, 0, 5]) : undefined,
  ),
  'not-amqp, without SASL': answering(() => Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')),
  'amqp-other-broker': answering(() => mechanisms('PLAIN', 'ANONYMOUS')),
  'amqp-other-broker, of one mechanism': answering(() =>
    Buffer.concat([
      HEADER,
      Buffer.from([0, 0, 0, 21, 2, 1, 0, 0, 0, 0x53, 0x40, 0xc0, 8, 1, 0xa3, 5, ...Buffer.from('PLAIN')]),
    ]),
  ),
  'amqp-silent': answering(() => undefined),
};
module.exports.edgeHub = answering(() => mechanisms('ANONYMOUS', 'MSSBCBS', 'PLAIN'));
Object.defineProperty(module.exports, 'edgeHub', { enumerable: false });
