'use strict';

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startHub } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

/** The example does what it says, for the names of azure-iot-device on this package. */

const ROOT = path.join(__dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-upload-'));
let hub;
let environment;

before(async () => {
  const chain = await createChain({ ...SMALL, certificates: { server: { names: ['localhost'] } } });
  hub = await startHub({ chain, devices: [{ deviceId: 'd1' }] });
  const ca = path.join(folder, 'root.pem');
  fs.writeFileSync(ca, hub.rootPem);
  environment = {
    IOTHUB_DEVICE_CONNECTION_STRING: hub.connectionString('d1'),
    PATH_TO_EDGE_CA_CERT: ca,
  };
});

after(async () => {
  await hub.close();
  fs.rmSync(folder, { recursive: true });
});

/** @param {string[]} args @returns {Promise<{ code: number, stdout: string, stderr: string }>} */
function run(args) {
  const script = ['-r', 'edge-downstream/register', path.join(ROOT, 'examples/upload_to_blob.js'), ...args];
  const options = { cwd: ROOT, env: { ...process.env, ...environment } };
  return new Promise((resolve) => {
    execFile(process.execPath, script, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

test('it uploads a file, and says how far it is', async () => {
  const file = path.join(folder, 'picture.raw');
  fs.writeFileSync(file, randomBytes(5 * 1024 * 1024));
  const { code, stdout, stderr } = await run([file]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^(\d+ %\n){2}Uploaded 5242880 bytes as picture\.raw\n$/);
  assert.match(stdout, /^100 %$/m);
  assert.deepEqual(hub.blob('uploads/d1/picture.raw').content, fs.readFileSync(file));
  assert.equal(hub.uploads.at(-1).notification.isSuccess, true);
});

test('it says why it could not', async () => {
  const { code, stderr } = await run([]);
  assert.equal(code, 1);
  assert.match(stderr, /Give the path of a file\./);
  hub.disableDevice('d1');
  const refused = await run([__filename, 'a.js']);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^BlobSasError: Could not obtain blob shared access signature: IoT Hub at .* HTTP 401/,
  );
  assert.match(refused.stderr, /Check the key or certificate/);
});
