'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { freePort } = require('../bad_input/telling');
const { listeningOn } = require('./ports');

/** Debian keeps it in /usr/bin; an ordinary user's path may lack the second. */
const PLACES = [process.env.PATH, '/usr/bin', '/usr/sbin', '/usr/local/bin'].join(path.delimiter);

/**
 * A real HTTP proxy, until the test ends.
 *
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {object} [settings]
 * @param {string} [settings.user] `name:password`; without, everybody is let in.
 * @param {number[]} [settings.ports] The only ports it connects to.
 * @returns {Promise<{ port: number, connects: () => string[] }>} `connects`: what it was asked for, `localhost:8883`.
 */
async function startTinyproxy(t, { user, ports } = {}) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-proxy-'));
  const port = await freePort();
  const [name, password] = user?.split(':') ?? [];
  const file = path.join(directory, 'tinyproxy.conf');
  const log = path.join(directory, 'log');
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    'LogLevel Connect',
    `LogFile "${log}"`,
    ...(user ? [`BasicAuth ${name} ${password}`] : []),
    ...(ports ?? []).map((each) => `ConnectPort ${each}`),
  ];
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('tinyproxy', ['-d', '-c', file], {
    stdio: 'ignore',
    env: { ...process.env, PATH: PLACES },
  });
  const ended = new Promise((_, reject) => {
    child.once('error', (cause) =>
      reject(new Error('tinyproxy does not start (apt-get install tinyproxy)', { cause })),
    );
    child.once('exit', (code) => reject(new Error(`tinyproxy ended with ${code}`)));
  });
  ended.catch(() => {}); // it ends later too, when it is stopped
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, 'exit');
    fs.rmSync(directory, { recursive: true });
  });
  await Promise.race([ended, listeningOn(port)]);
  const connects = () => {
    const text = fs.readFileSync(log, 'utf8');
    return [...text.matchAll(/Request \(file descriptor \d+\): CONNECT (\S+)/g)].map(([, place]) => place);
  };
  return { port, connects };
}

module.exports = { startTinyproxy };
