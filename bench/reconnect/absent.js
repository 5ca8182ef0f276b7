// @ts-check
'use strict';

/** A gateway that is away: it counts who tries to come, and ends each at once. */

const net = require('node:net');

let attempts = 0;
const server = net.createServer((socket) => {
  attempts += 1;
  socket.on('error', () => {}).destroy();
});
process.on('message', (/** @type {any} */ told) => {
  if (told.port) server.listen(told.port, '127.0.0.1', () => process.send?.({ listening: true }));
  else server.close(() => process.send?.({ attempts }));
});
process.on('disconnect', () => process.exit());
