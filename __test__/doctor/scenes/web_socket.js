'use strict';

const https = require('node:https');
const tls = require('node:tls');
const { createHash } = require('node:crypto');
const { createChain } = require('../../../gateway');
const { connectionStringTo, listening } = require('../surroundings');

/**
 * Something with the right certificate where MQTT over WebSocket should be.
 *
 * @param {import('node:test').TestContext} t
 * @param {(identity: { cert: string, key: string }) => import('node:net').Server} make
 */
async function instead(t, make) {
  const { rootPem: ca, chainPem: cert, serverKeyPem: key } = await createChain({ variant: 'good-dns' });
  const port = await listening(t, make({ cert, key }));
  return {
    ca,
    connectionString: connectionStringTo(`localhost:${port}`),
    protocol: /** @type {const} */ ('ws'),
  };
}

/** @param {(socket: tls.TLSSocket, question: string) => void} answer */
const upon = (answer) => (/** @type {tls.TlsOptions} */ identity) =>
  tls.createServer(identity, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (question) => answer(socket, String(question)));
  });

/** The value that accepts the key of a question (RFC 6455 §4.2.2). */
function acceptanceOf(question) {
  const [, key = ''] = /^Sec-WebSocket-Key: (\S+)/im.exec(question) ?? [];
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Port 443, and who has it. @type {import('./index').Scenes} */
module.exports = {
  'web-socket-refused': (t) =>
    instead(t, (identity) => https.createServer(identity, (_, response) => response.writeHead(404).end())),
  'web-socket-refused, by a portal': (t) =>
    instead(t, (identity) => https.createServer(identity, (_, response) => response.end('Please sign in'))),
  'web-socket-missing': (t) =>
    instead(
      t,
      upon((socket) => socket.end('220 mail.example ESMTP\r\n')),
    ),
  'web-socket-broken, in the answer': (t) =>
    instead(
      t,
      upon((socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n',
        ),
      ),
    ),
  'web-socket-broken, in the frames': (t) =>
    instead(
      t,
      upon((socket, question) => {
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: ${acceptanceOf(question)}\r\n\r\n`,
        );
        // Reserved bits, and an operation nobody knows.
        socket.once('data', () => socket.write(Buffer.from('7f00', 'hex')));
      }),
    ),
  'web-socket-silent': async (t) => ({
    ...(await instead(t, (identity) => tls.createServer(identity, (socket) => socket.on('error', () => {})))),
    surroundings: { limits: { tlsMs: 1500, connackMs: 1500 } },
  }),
  'web-socket-cut': (t) =>
    instead(
      t,
      upon((socket) => socket.end()),
    ),
};
