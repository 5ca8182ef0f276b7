// @ts-check
'use strict';

// A gateway that floods whoever subscribes: messages of 200 bytes with properties, QoS 1. What it sends is made before, so
// that the client is the limit. First argument: JSON. Says its port on standard output.

const tls = require('node:tls');

const { key, cert, count } = JSON.parse(process.argv[2]);
const BODY = Buffer.alloc(200, 'x');
/** Bytes handed to the socket at a time. */
const CHUNK = 256 * 1024;

/** @param {number} n */
function message(n) {
  const topic = Buffer.from(
    `devices/bench/messages/devicebound/%24.mid=message-${n}&%24.to=%2Fdevices%2Fbench%2Fmessages%2FdeviceBound&alert=false&unit=%C2%B0C`,
  );
  const id = (n % 65_535) + 1;
  const length = 2 + topic.length + 2 + BODY.length;
  const head = Buffer.from([0x32, (length & 127) | 128, length >> 7, topic.length >> 8, topic.length & 255]);
  return Buffer.concat([head, topic, Buffer.from([id >> 8, id & 255]), BODY]);
}

/** @type {Buffer[]} */
const chunks = [];
for (let n = 0, part = /** @type {Buffer[]} */ ([]), size = 0; n < count; n += 1) {
  part.push(message(n));
  size += part[part.length - 1].length;
  if (size < CHUNK && n < count - 1) continue;
  chunks.push(Buffer.concat(part));
  part = [];
  size = 0;
}

const server = tls.createServer({ key, cert, minVersion: 'TLSv1.3' }, (socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let begun = false;
  socket.on('data', (data) => {
    if (begun) return;
    const type = data[0] >> 4;
    if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
    // The packet id follows a length of one byte.
    if (type !== 8) return;
    begun = true;
    for (let at = 0; at + 3 < data.length; at += 2 + data[at + 1]) {
      if (data[at] === 0x82) socket.write(Buffer.from([0x90, 3, data[at + 2], data[at + 3], 1]));
    }
    let next = 0;
    const send = () => {
      while (next < chunks.length && !socket.destroyed) {
        if (!socket.write(chunks[next++])) {
          socket.once('drain', send);
          return;
        }
      }
    };
    send();
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(
    JSON.stringify({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
  );
});
process.stdin.on('end', () => process.exit()).resume();
