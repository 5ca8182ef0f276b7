'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { inspect } = require('node:util');
const edge = require('../..');

/**
 * What an error must tell, and must not. A hint is for people, a code for programs, and neither message nor anything
 * else may hold a secret: errors end up in logs.
 */

const HUB = 'local.azure-devices.net';
const KEY = Buffer.from('do not show this to anyone ever!').toString('base64');
/** How the hint of a connection failure ends. */
const DOCTOR = /\. Run: npx edge-downstream doctor( --(ca|protocol|proxy|cert|key) ([^\s'"]+|'[^']+'))*$/;
/** Small keys, made fast. */
const SMALL = { caKey: 'P-256', serverKey: 'P-256' };

/**
 * @param {any} error
 * @param {object} expected
 * @param {string} expected.type A class of `errors`, or one of JavaScript's own.
 * @param {string} expected.code
 * @param {(string | RegExp)[]} expected.names What the message must name: the value at fault.
 * @param {RegExp} [expected.hint]
 * @param {RegExp} [expected.cause] What the layer below said; without it there must be no cause.
 * @param {string[]} [expected.secrets] Beside KEY.
 */
function assertTold(error, { type, code, names, hint = /\w/, cause, secrets = [] }) {
  assert.ok(
    error instanceof (edge.errors[type] ?? globalThis[type]),
    `${error?.name} is no ${type}: ${error?.stack}`,
  );
  assert.equal(error.name, type);
  assert.equal(error.code, code, error.message);
  assert.ok(names.length > 0, 'a test must say what the message has to name');
  for (const name of names) {
    const named = typeof name === 'string' ? error.message.includes(name) : name.test(error.message);
    assert.ok(named, `${name} is not in the message: ${error.message}`);
  }
  for (const text of [error.message, error.hint]) {
    assert.match(text, /^\S[^\r\n]{5,400}$/, 'message and hint are one line each');
  }
  assert.match(error.hint, hint);
  // Only what happened to a connection has a stage.
  if (error.stage !== undefined) {
    assert.match(error.hint, DOCTOR);
    assert.match(error.transportError.message, /\w/, 'apps of the original read it');
  }
  if (cause) assert.match(String(error.cause?.message), cause);
  else assert.equal(error.cause, undefined);
  assertNoSecret(error, secrets);
}

/**
 * @param {any} value An error, or anything else that may be printed.
 * @param {string[]} [secrets] Beside KEY.
 */
function assertNoSecret(value, secrets = []) {
  const all = [KEY, ...secrets].flatMap((secret) => {
    return [secret, encodeURIComponent(secret), Buffer.from(secret, 'base64').toString('latin1')];
  });
  const views = {
    message: String(value.message),
    hint: String(value.hint),
    stack: String(value.stack),
    inspect: inspect(value, { depth: 10, maxStringLength: null, maxArrayLength: null }),
    'inspect with what is hidden': inspect(value, { depth: 10, showHidden: true, maxStringLength: null }),
    JSON: String(JSON.stringify(value)),
  };
  for (const [view, text] of Object.entries(views)) {
    assert.doesNotMatch(text, /\bsig=(?!…)|SharedAccessKey=(?![…<])/, view);
    for (const secret of all) {
      if (secret.length > 3) assert.ok(!text.includes(secret), `a secret is in ${view}: ${text}`);
    }
  }
}

/**
 * The ways to connect. Each resolves to a function that closes, or rejects with what the app is told.
 *
 * @type {{ name: string, open: (connectionString: string, options?: any) => Promise<() => Promise<any>> }[]}
 */
const faces = [
  {
    name: 'Client, promises',
    async open(connectionString, { retry, ...options } = {}) {
      const client = edge.Client.fromConnectionString(connectionString, edge.Mqtt);
      if (retry === 'never') client.setRetryPolicy(new edge.NoRetry());
      await client.setOptions(options);
      await client.open();
      return () => client.close();
    },
  },
  {
    name: 'Client, callbacks',
    open(connectionString, { retry, ...options } = {}) {
      return new Promise((resolve, reject) => {
        const client = edge.Client.fromConnectionString(connectionString, edge.Mqtt);
        if (retry === 'never') client.setRetryPolicy(new edge.NoRetry());
        client.setOptions(options, (unusable) => {
          if (unusable) reject(unusable);
          else client.open((error) => (error ? reject(error) : resolve(() => client.close())));
        });
      });
    },
  },
  {
    name: 'connect()',
    async open(connectionString, options = {}) {
      const device = await edge.connect({ connectionString, ...options });
      return () => device.close();
    },
  },
];

/**
 * @param {typeof faces[number]} face
 * @param {string} connectionString
 * @param {any} [options]
 * @returns {Promise<any>} The error.
 */
async function failureOf(face, connectionString, options) {
  let close;
  try {
    close = await face.open(connectionString, options);
  } catch (error) {
    return error;
  }
  await close();
  return assert.fail('it connected');
}

/**
 * @param {string} gateway With its port.
 * @param {Record<string, string | undefined>} [changes] Fields; `undefined` takes one out.
 */
function connectionStringTo(gateway, changes = {}) {
  const fields = {
    HostName: HUB,
    DeviceId: 'd1',
    SharedAccessKey: KEY,
    GatewayHostName: gateway,
    ...changes,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.map(([name, value]) => `${name}=${value}`).join(';');
}

/**
 * @param {import('node:test').TestContext} t
 * @param {net.Server} server
 * @returns {Promise<string>} `localhost:<port>`, until the test ends.
 */
async function listening(t, server) {
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return `localhost:${/** @type {net.AddressInfo} */ (server.address()).port}`;
}

/** @returns {Promise<number>} A port on which nothing listens. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

module.exports = {
  HUB,
  KEY,
  SMALL,
  assertNoSecret,
  assertTold,
  connectionStringTo,
  faces,
  failureOf,
  freePort,
  listening,
};
