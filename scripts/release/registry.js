// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { once } = require('node:events');

/**
 * A registry of its own on loopback, with nothing in it and none behind it: what it does not hold does not exist.
 *
 * @typedef {object} Registry
 * @property {string} url
 * @property {string} token Who has it may publish.
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} modules Where verdaccio is installed.
 * @param {string} directory Empty; for what is published.
 * @returns {Promise<Registry>}
 */
async function startRegistry(modules, directory) {
  fs.mkdirSync(directory);
  const { runServer } = require(path.join(modules, 'verdaccio'));
  const app = await runServer({
    storage: path.join(directory, 'storage'),
    self_path: path.join(directory, 'config.yaml'),
    auth: { htpasswd: { file: path.join(directory, 'htpasswd'), max_users: 1 } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$authenticated' } },
    max_body_size: '50mb',
    log: { type: 'file', path: path.join(directory, 'log'), level: 'warn' },
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    token: await signUp(url),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @param {string} url @returns {Promise<string>} */
async function signUp(url) {
  const name = 'rehearsal';
  const answer = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: crypto.randomUUID() }),
  });
  const { token, error } = /** @type {any} */ (await answer.json());
  if (!token) throw new Error(`The registry on loopback takes no user: ${error}`);
  return token;
}

module.exports = { startRegistry };
