'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { setTimeout: delay } = require('node:timers/promises');

/**
 * Resolves when somebody listens there.
 *
 * @param {number} port
 */
async function listeningOn(port) {
  for (let tries = 0; tries < 500; tries += 1) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await delay(20);
  }
  throw new Error(`nobody listens on port ${port} after 10 s`);
}

module.exports = { listeningOn };
