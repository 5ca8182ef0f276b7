// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate, createPrivateKey } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { createChain } = require('..');
const { readChain } = require('../certificates/own_chain');
const { ACCEPTED, answer, gatewayFor } = require('./raw-device');

/**
 * @typedef {import('..').Gateway} Gateway
 * @typedef {import('..').ModuleEnvironment} ModuleEnvironment
 */

const HUB = 'local.azure-devices.net';
const VERSION = '?api-version=2018-06-28';
const DEVICES = [
  { deviceId: 'd1', modules: [{ moduleId: 'm 1' }] },
  { deviceId: 'd2', modules: [{ moduleId: 'm 1' }] },
];

/** @typedef {{ method?: string, path: string, body?: string }} Asked */

/**
 * A request as an SDK makes it, by socket or by port.
 * @param {string} uri IOTEDGE_WORKLOADURI
 * @param {Asked} asked
 */
async function request(uri, { method = 'GET', path: asked, body }) {
  const { protocol, pathname, hostname, port } = new URL(uri);
  const where = protocol === 'unix:' ? { socketPath: pathname } : { hostname, port };
  const sent = http.request({ ...where, method, path: asked, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  assert.match(response.headers['content-type'], /^application\/json/);
  return { status: response.statusCode, body: JSON.parse(text) };
}

/**
 * @param {ModuleEnvironment} environment
 * @param {string} what
 */
function pathOf({ IOTEDGE_MODULEID, IOTEDGE_MODULEGENERATIONID }, what) {
  return `/modules/${encodeURIComponent(IOTEDGE_MODULEID)}/genid/${IOTEDGE_MODULEGENERATIONID}/${what}${VERSION}`;
}

/**
 * A token as an SDK has it signed.
 * @param {ModuleEnvironment} environment
 * @param {string} [keyId]
 */
async function signed(environment, keyId = 'primary') {
  const { IOTEDGE_WORKLOADURI: uri, IOTEDGE_DEVICEID: deviceId, IOTEDGE_MODULEID: moduleId } = environment;
  const resource = encodeURIComponent(`${HUB}/devices/${deviceId}/modules/${moduleId}`);
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const data = Buffer.from(`${resource}\n${expiry}`).toString('base64');
  const body = JSON.stringify({ keyId, algo: 'HMACSHA256', data });
  const asked = { method: 'POST', path: pathOf(environment, 'sign'), body };
  const { status, body: answered } = await request(uri, asked);
  assert.strictEqual(status, 200);
  assert.deepStrictEqual(Object.keys(answered), ['digest']);
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(answered.digest)}&se=${expiry}`;
}

test('R2 the environment of a module leads to tokens and to the root, by socket and by port', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, workloadPort: 0 });
  for (const workload of /** @type {const} */ (['unix', 'http'])) {
    const environment = gateway.moduleEnvironment('d1/m 1', { workload });
    const { IOTEDGE_WORKLOADURI: uri, IOTEDGE_MODULEGENERATIONID: generation, ...rest } = environment;
    assert.match(
      uri,
      workload === 'unix' ? /^unix:\/\/\/.+\/workload\.sock$/ : /^http:\/\/127\.0\.0\.1:\d+\/$/,
    );
    assert.match(generation, /^\d{18}$/);
    assert.deepStrictEqual(rest, {
      IOTEDGE_DEVICEID: 'd1',
      IOTEDGE_MODULEID: 'm 1',
      IOTEDGE_IOTHUBHOSTNAME: HUB,
      IOTEDGE_GATEWAYHOSTNAME: gateway.endpoint,
      IOTEDGE_AUTHSCHEME: 'sasToken',
      IOTEDGE_APIVERSION: '2018-06-28',
    });
    for (const keyId of ['primary', 'secondary']) {
      const password = Buffer.from(await signed(environment, keyId));
      assert.strictEqual(await answer(gateway, { deviceId: 'd1/m 1', password }), ACCEPTED);
    }
    const bundle = await request(uri, { path: `/trust-bundle${VERSION}` });
    assert.deepStrictEqual(bundle, { status: 200, body: { certificate: gateway.rootPem } });
  }
});

test('R2 modules of one name are told apart by their generations, which a new module does not share', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const [first, second] = ['d1/m 1', 'd2/m 1'].map((id) => gateway.moduleEnvironment(id));
  assert.notStrictEqual(first.IOTEDGE_MODULEGENERATIONID, second.IOTEDGE_MODULEGENERATIONID);
  assert.strictEqual(first.IOTEDGE_WORKLOADURI, second.IOTEDGE_WORKLOADURI);
  const ofSecond = Buffer.from(await signed(second));
  assert.strictEqual(await answer(gateway, { deviceId: 'd2/m 1', password: ofSecond }), ACCEPTED);
  gateway.removeDevice('d1/m 1');
  gateway.addModule('d1', { moduleId: 'm 1' });
  const asked = { method: 'POST', path: pathOf(first, 'sign'), body: '{}' };
  assert.strictEqual((await request(first.IOTEDGE_WORKLOADURI, asked)).status, 404);
});

test('R2 a server certificate for a module, which devices of the gateway trust', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const environment = gateway.moduleEnvironment('d1/m 1');
  const body = JSON.stringify({ commonName: 'module.local', expiration: '2099-01-01T00:00:00Z' });
  const asked = { method: 'POST', path: pathOf(environment, 'certificate/server'), body };
  const { status, body: issued } = await request(environment.IOTEDGE_WORKLOADURI, asked);
  assert.strictEqual(status, 201);
  assert.deepStrictEqual(Object.keys(issued), ['privateKey', 'certificate', 'expiration']);
  assert.strictEqual(issued.privateKey.type, 'key');
  const sections = issued.certificate.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g);
  const chain = sections.map((/** @type {string} */ section) => new X509Certificate(section));
  const [leaf, ca] = chain;
  assert.strictEqual(leaf.subject, 'CN=module.local');
  assert.strictEqual(leaf.subjectAltName, 'DNS:module.local, DNS:m 1');
  assert.ok(leaf.checkPrivateKey(createPrivateKey(issued.privateKey.bytes)));
  assert.ok(leaf.verify(ca.publicKey));
  assert.ok(chain.at(-1).verify(new X509Certificate(gateway.rootPem).publicKey));
  assert.match(issued.expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  assert.strictEqual(Date.parse(issued.expiration), Date.parse(leaf.validTo));
});

test('R2 a gateway whose CA keys are elsewhere issues none', async (t) => {
  const made = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'own-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  fs.writeFileSync(cert, made.chainPem + made.rootPem);
  fs.writeFileSync(key, made.serverKeyPem);
  const gateway = await gatewayFor(t, { devices: DEVICES, chain: readChain({ cert, key }) });
  const environment = gateway.moduleEnvironment('d1/m 1');
  const asked = {
    method: 'POST',
    path: pathOf(environment, 'certificate/server'),
    body: '{"commonName":"x"}',
  };
  const { status, body } = await request(environment.IOTEDGE_WORKLOADURI, asked);
  assert.strictEqual(status, 500);
  assert.match(body.message, /is not a chain made by createChain here/);
});

test('R2 what it does not do is answered with a status and a message', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const environment = gateway.moduleEnvironment('d1/m 1');
  const sign = pathOf(environment, 'sign');
  /** @type {Array<[Asked, number, RegExp]>} */
  const refused = [
    [{ path: '/trust-bundle' }, 400, /^api-version is missing$/],
    [{ path: '/trust-bundle?api-version=2017-01-01' }, 400, /^api-version '2017-01-01' is unknown$/],
    [{ path: `/nothing${VERSION}` }, 404, /^nothing is at '\/nothing'$/],
    [{ path: sign }, 405, /takes POST, not GET$/],
    [{ method: 'POST', path: `/trust-bundle${VERSION}` }, 405, /takes GET, not POST$/],
    [
      { method: 'POST', path: sign.replace(/genid\/\d/, 'genid/x') },
      404,
      /^there is no module 'm 1' of generation/,
    ],
    [{ method: 'POST', path: sign.replace('m%201', 'm2') }, 404, /^there is no module 'm2' of generation/],
    [{ method: 'POST', path: sign, body: '' }, 400, /^the body is not a JSON object$/],
    [{ method: 'POST', path: sign, body: '1' }, 400, /^the body is not a JSON object$/],
    [{ method: 'POST', path: sign, body: '{}' }, 400, /^data is not base64$/],
    [{ method: 'POST', path: sign, body: '{"data":"*"}' }, 400, /^data is not base64$/],
    [{ method: 'POST', path: sign, body: '{"data":"","algo":"MD5"}' }, 400, /^algo cannot be "MD5"/],
    [
      { method: 'POST', path: sign.replace('sign', 'certificate/server'), body: '{}' },
      400,
      /^commonName is not a name$/,
    ],
  ];
  for (const [asked, status, message] of refused) {
    const response = await request(environment.IOTEDGE_WORKLOADURI, asked);
    assert.strictEqual(response.status, status, asked.path);
    assert.match(response.body.message, message);
  }
  for (const version of ['2019-01-30', '2020-07-07', '2022-08-03']) {
    const bundle = await request(environment.IOTEDGE_WORKLOADURI, {
      path: `/trust-bundle?api-version=${version}`,
    });
    assert.strictEqual(bundle.status, 200);
  }
});

test('R2 a body without end is cut off', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, workloadPort: 0 });
  const { port } = new URL(gateway.moduleEnvironment('d1/m 1', { workload: 'http' }).IOTEDGE_WORKLOADURI);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /x${VERSION} HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n${'x'.repeat(100000)}`,
  );
  await once(socket, 'close');
});

test('R2 socket and port may be given; both are free again after close()', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'workload-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const workloadSocket = path.join(folder, 'sock');
  const gateway = await gatewayFor(t, { devices: DEVICES, workloadSocket, workloadPort: 0 });
  const told = once(gateway, 'workload');
  await request(`unix://${workloadSocket}`, { path: `/trust-bundle${VERSION}` });
  assert.deepStrictEqual(await told, [{ method: 'GET', path: '/trust-bundle', status: 200 }]);
  assert.strictEqual(gateway.moduleEnvironment('d1/m 1').IOTEDGE_WORKLOADURI, `unix://${workloadSocket}`);
  const { port } = new URL(gateway.moduleEnvironment('d1/m 1', { workload: 'http' }).IOTEDGE_WORKLOADURI);
  await assert.rejects(gatewayFor(t, { workloadPort: Number(port) }), { code: 'EADDRINUSE' });
  await assert.rejects(
    gatewayFor(t, { workloadSocket }),
    /^Error: the workload API cannot listen on '.*sock': listen EADDRINUSE: /,
  );
  await gateway.close();
  assert.strictEqual(fs.existsSync(workloadSocket), false);
  const again = await gatewayFor(t, { workloadPort: Number(port), devices: DEVICES });
  const made = new URL(again.moduleEnvironment('d1/m 1').IOTEDGE_WORKLOADURI).pathname;
  await again.close();
  assert.strictEqual(fs.existsSync(path.dirname(made)), false);
  assert.throws(
    () => again.moduleEnvironment('d1/m 1'),
    /^Error: moduleEnvironment: the gateway was closed$/,
  );
});

test('R2 moduleEnvironment names what has none', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  assert.throws(() => gateway.moduleEnvironment('d1'), /^TypeError: 'd1' is a device/);
  assert.throws(() => gateway.moduleEnvironment('d1/m9'), RangeError);
  assert.throws(
    () => gateway.moduleEnvironment('d1/m 1', { workload: 'http' }),
    /^Error: the workload API has no port/,
  );
});
