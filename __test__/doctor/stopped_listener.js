'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');

/**
 * A process that listens, with room for one connection, and is then stopped: nobody accepts.
 *
 * @param {import('node:test').TestContext} t
 * @returns {Promise<number>} Its port.
 */
async function stoppedListener(t) {
  const program = `const server = require('node:net').createServer();
    server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return Number(line);
}

/**
 * Connects until no more is accepted: the kernel then drops what comes, as a firewall does.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 */
async function fillBacklog(t, port) {
  for (;;) {
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    t.after(() => socket.destroy());
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise((resolve) => setTimeout(resolve, 200, false)),
    ]);
    if (!connected) return;
  }
}

module.exports = { stoppedListener, fillBacklog };
