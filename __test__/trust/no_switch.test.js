'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const edge = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, connectionStringTo } = require('../bad_input/telling');
const { connecting } = require('./connecting');

/** Nothing turns verification off: neither an option, nor a variable, nor a flag. */

const ROOT = path.join(__dirname, '../..');
const UNTRUSTED = 'ERR_IOT_CERT_UNKNOWN_ISSUER';
let gateway;
let wrongRoot;
let connectionString;

before(async () => {
  gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: [{ deviceId: 'd1', primaryKey: KEY }],
  });
  wrongRoot = (await createChain({ ...SMALL, rootName: 'Another root' })).rootPem;
  connectionString = connectionStringTo(`localhost:${gateway.port}`);
});

after(async () => {
  assert.equal(gateway.counts.received, 0);
  await gateway.close();
});

/** What other programs have, and what one might expect to work here. */
const VARIABLES = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_OPTIONS: '--use-openssl-ca --tls-min-v1.0',
  SSL_NO_VERIFY: '1',
  SSL_VERIFY: 'false',
  SSL_VERIFY_MODE: 'none',
  SSL_VERIFY_NONE: '1',
  OPENSSL_CONF: '/dev/null',
  RUSTLS_INSECURE: '1',
  RUSTLS_DANGEROUS: '1',
  CURL_INSECURE: '1',
  GIT_SSL_NO_VERIFY: 'true',
  PYTHONHTTPSVERIFY: '0',
  NPM_CONFIG_STRICT_SSL: 'false',
  npm_config_strict_ssl: 'false',
  INSECURE: '1',
  TLS_INSECURE: '1',
  SKIP_TLS_VERIFY: '1',
  DISABLE_CERTIFICATE_VERIFICATION: '1',
  EDGE_DOWNSTREAM_INSECURE: '1',
  IOTEDGE_INSECURE: '1',
  DEBUG: '*',
  NODE_ENV: 'development',
};

for (const [name, value] of [...Object.entries(VARIABLES), ['all of them', '']]) {
  test(`the environment variable ${name} does not`, async () => {
    const env = name === 'all of them' ? VARIABLES : { [name]: value };
    const { verdict, stderr } = await connecting(gateway, { ca: wrongRoot, env });
    assert.equal(verdict, UNTRUSTED, stderr);
  });
}

const accept = () => undefined;

/** Options of Node's TLS, of MQTT clients, of requests and of other SDKs. */
const OPTIONS = {
  rejectUnauthorized: false,
  requestCert: false,
  checkServerIdentity: accept,
  secureContext: {},
  secureProtocol: 'TLSv1_method',
  minVersion: 'TLSv1',
  ciphers: 'aNULL',
  insecure: true,
  insecureSkipVerify: true,
  allowInsecure: true,
  allowUnauthorized: true,
  allowSelfSigned: true,
  allowPartialTrustChain: true,
  selfSigned: true,
  strictSSL: false,
  verify: false,
  verifyPeer: false,
  verifyHost: false,
  verifyCertificate: false,
  verify_mode: 'none',
  skipVerify: true,
  trustAll: true,
  trustServerCertificate: true,
  serverVerificationCertificate: 'x',
  danger_accept_invalid_certs: true,
  sslVerify: false,
  tlsInsecure: true,
  tlsAllowInvalidCertificates: true,
  secure: false,
  ssl: false,
  tls: { rejectUnauthorized: false, checkServerIdentity: accept },
  mqtt: { rejectUnauthorized: false, webSocketAgent: { options: { rejectUnauthorized: false } } },
  http: { agent: { options: { rejectUnauthorized: false } } },
  agent: { options: { rejectUnauthorized: false } },
  systemRoots: true,
  roots: [],
};

for (const [name, value] of [...Object.entries(OPTIONS), ['all of them', undefined]]) {
  test(`the option ${name} does not`, async () => {
    const options = name === 'all of them' ? OPTIONS : { [name]: value };
    for (const attempt of attempts(connectionString, { ca: wrongRoot, ...options })) {
      await assert.rejects(attempt, ({ code }) => code === UNTRUSTED || code.startsWith('ERR_IOT_OPTION'));
    }
  });
}

for (const field of [
  'RejectUnauthorized=false',
  'TrustServerCertificate=true',
  'SslMode=none',
  'UseTls=false',
]) {
  test(`the field ${field} of the connection string does not`, async () => {
    for (const attempt of attempts(`${connectionString};${field}`, { ca: wrongRoot })) {
      await assert.rejects(
        attempt,
        ({ code }) => code === UNTRUSTED || code.startsWith('ERR_IOT_CONNECTION_STRING'),
      );
    }
  });
}

/** Both faces. */
function attempts(connectionString, options) {
  return [
    () => edge.connect({ connectionString, ...options }),
    async () => {
      const client = edge.Client.fromConnectionString(connectionString, edge.Mqtt);
      client.setRetryPolicy(new edge.NoRetry());
      await client.setOptions(options);
      await client.open();
    },
  ];
}

test('the gateway is trusted with its root, so the attempts above failed for that reason alone', async () => {
  const device = await edge.connect({ connectionString, ca: gateway.rootPem });
  await device.close();
});

/** @returns {{ file: string, code: string }[]} Without comments. */
function sources() {
  const all = ['src', 'binding', 'lib', '.cargo'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name}`),
  );
  return [...all, 'index.js', 'index.d.ts', 'Cargo.toml']
    .filter((file) => /\.(rs|js|mjs|d\.ts|toml)$/.test(file))
    .map((file) => {
      const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
      return { file, code: text.replace(/\/\*[^]*?\*\/|^\s*(\/\/|#(?!\[)).*$/gm, '') };
    });
}

/** @param {RegExp} pattern @returns {string[]} `file: what is there` */
function found(pattern) {
  return sources().flatMap(({ file, code }) => {
    return Array.from(code.matchAll(pattern), ([text]) => `${file}: ${text}`);
  });
}

test('the sources have one verifier, in one place, and no word for a switch', () => {
  assert.ok(sources().length > 80, 'the sources were read');
  assert.deepEqual(
    found(/reject_?unauthorized.*|in_?secure\b|skip_?verif\w*|no_?verif\w*|danger_accept\w*|trust_?all/gi),
    // Node's verdict is not asked; the only connections that Node makes are those that the core judges.
    ['lib/https/connection.js: rejectUnauthorized: false,'],
  );
  assert.deepEqual(found(/\btls\.connect\b|'node:https'/g), [
    // The doctor's look at what a server offers: verified, and nothing is said.
    'lib/doctor/offer.js: tls.connect',
    'lib/https/connection.js: tls.connect',
    // Its agents are read, not used.
    "lib/proxy/agent.js: 'node:https'",
  ]);
  assert.deepEqual(found(/= refusalOf\(socket.*\n.*\n/g), [
    'lib/https/connection.js: = refusalOf(socket, host, way.trusts);\n  if (refusal === undefined) return socket;\n',
  ]);
  assert.deepEqual(found(/\.dangerous\(\)|custom_certificate_verifier|set_certificate_verifier/g), [
    // What trusts nothing, and in its place what trusts the roots of a connection.
    'src/tls/trusted.rs: .dangerous()',
    'src/tls/trusted.rs: custom_certificate_verifier',
    'src/tls/trusted.rs: .dangerous()',
    'src/tls/trusted.rs: set_certificate_verifier',
  ]);
  assert.deepEqual(found(/\bVerifier::new\(.*?\)\)?/g), [
    'src/tls/mod.rs: Verifier::new(presented.clone())',
    'src/tls/trusted.rs: Verifier::new(Presented::default())',
    'src/tls/trusted.rs: Verifier::new(presented.clone())',
  ]);
  assert.deepEqual(found(/impl ServerCertVerifier for \w+/g), [
    'src/tls/verifier.rs: impl ServerCertVerifier for Verifier',
  ]);
  assert.deepEqual(found(/\w+::assertion\(\)/g), ['src/tls/verifier.rs: ServerCertVerified::assertion()']);
});

test('the core reads no variable but where the store lies, and its only features are two kinds of cryptography', () => {
  // Seeds and lengths of tests are read from some; what reads them is compiled for the tests alone.
  const tests = { 'src/session/mod.rs': 'model', 'src/transport/mod.rs': 'noise' };
  for (const [file, room] of Object.entries(tests)) {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    assert.ok(text.includes(`#[cfg(test)]\nmod ${room};`), room);
  }
  const rooms = Object.entries(tests).map(([file, room]) => file.replace('mod.rs', room));
  const read = (/** @type {RegExp} */ pattern) =>
    found(pattern).filter(
      (each) => !rooms.some((room) => each.startsWith(room)) && !each.endsWith(': env::temp_dir'),
    );
  assert.deepEqual(read(/\benv(::|!)\w*|option_env/g), [
    'src/tls/store.rs: env::var_os',
    'src/tls/store.rs: env::split_paths',
  ]);
  assert.deepEqual(read(/"[A-Z]+_[A-Z_]+"/g), [
    'src/tls/store.rs: "SSL_CERT_FILE"',
    'src/tls/store.rs: "SSL_CERT_DIR"',
  ]);
  const features = found(/\bfeature = "[^"]+"/g).map((each) => each.split('"')[1]);
  assert.deepEqual([...new Set(features)].sort(), ['aws-lc-rs', 'ring']);
});

test('of the variables that the facade reads, those about trust name files with more of it', () => {
  const names = found(/\bprocess\.env\.\w+/g)
    .filter((each) => !each.startsWith('lib/native/binding.js:'))
    .map((each) => each.split('.').at(-1));
  assert.ok(names.length > 1, 'they were found');
  const suspicious = names.filter((name) => /TLS|SSL|CERT|CA_|VERIFY|SECUR|TRUST|REJECT|AUTH/.test(name));
  assert.deepEqual(
    suspicious.filter((name) => name !== 'PATH_TO_EDGE_CA_CERT'),
    ['NODE_EXTRA_CA_CERTS'],
  );
});
