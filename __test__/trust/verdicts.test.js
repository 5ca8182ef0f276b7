'use strict';

const assert = require('node:assert/strict');
const { X509Certificate } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { connectionFailure } = require('../../lib/failures/connection_failure');
const { HttpsClient } = require('../../lib/https/client');
const native = require('../../lib/native/add_on');
const { readTrust } = require('../../lib/tls/trust');
const { KEY, SMALL, connectionStringTo } = require('../bad_input/telling');
const { opensslVerdicts } = require('./openssl');
const { SITUATIONS } = require('./situations');

/** Every row of docs/trust.md over a real socket: our verdict, OpenSSL's, and whether the row says so. */

const COLUMNS = ['situation', 'this package', 'OpenSSL', 'why they differ'];
/** What is dialled by its name; for other hosts a probe is given the address, and is verified by the same. */
const REACHABLE = ['localhost', '127.0.0.1'];

const rows = readRows();
let gateway;

before(async () => {
  gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: [{ deviceId: 'd1', primaryKey: KEY }],
  });
});

after(() => gateway.close());

/** @returns {{ situation: string, ours: string, openssl: number, why: string }[]} */
function readRows() {
  const text = fs.readFileSync(path.join(__dirname, '../../docs/trust.md'), 'utf8');
  const tables = text.split(/\n\n+/).filter((block) => block.startsWith(`| ${COLUMNS.join(' | ')} |\n`));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(2))
    .map((line) => {
      const cells = line.split('|').slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
      assert.equal(cells.length, COLUMNS.length, line);
      const [situation, ours, openssl, why] = cells;
      assert.match(ours, /^(accepted|`ERR_IOT_[A-Z_]+`)$/, line);
      assert.match(openssl, /^(accepted|\d+ [A-Za-z -]{9,})$/, line);
      return { situation, ours: ours.replaceAll('`', ''), openssl: Number.parseInt(openssl) || 0, why };
    });
}

test('the tables have the situations that are made here, each once', () => {
  assert.deepEqual(rows.map(({ situation }) => situation).sort(), Object.keys(SITUATIONS).sort());
});

for (const { situation, ours, openssl, why } of rows) {
  test(`${situation}: ${ours}`, async () => {
    const { present, trusted, host = 'localhost' } = await SITUATIONS[situation]();
    const chainPem = pemOf(present);
    await gateway.restart({ chain: { ...gateway.chain, chainPem, serverKeyPem: present[0].keyPem } });
    const ca = pemOf(trusted);

    assert.equal(await verdictOfProbe(host, ca), ours);
    if (REACHABLE.includes(host)) {
      assert.equal(await verdictOfClient(host, ca), ours, 'the client agrees');
      assert.equal(await verdictOverHttps(host, ca), ours, 'and so do its requests over HTTPS');
    }
    assert.deepEqual(
      await opensslVerdicts({ chainPem, ca, host, port: gateway.port }),
      { verify: openssl, client: openssl },
      'OpenSSL, both commands',
    );
    const differ = (ours === 'accepted') !== (openssl === 0);
    assert.equal(why.length > 8, differ, 'where the two differ, and nowhere else, the table says why');
  });
}

const pemOf = (certificates) => certificates.map(({ pem }) => pem).join('');

/** @returns {Promise<string>} `accepted` or the code of the error. */
async function verdictOfClient(host, ca) {
  const connectionString = connectionStringTo(`${host}:${gateway.port}`);
  try {
    await (await connect({ connectionString, ca })).close();
    return 'accepted';
  } catch (error) {
    return error.code;
  }
}

/** @returns {Promise<string>} The same. */
async function verdictOverHttps(host, ca) {
  const client = new HttpsClient({ trusts: [readTrust(ca)], words: { clientId: 'd1', ca } });
  try {
    await client.request({ host, port: gateway.webSocketPort, method: 'GET', path: '/' });
    return 'accepted';
  } catch (error) {
    return error.code;
  } finally {
    client.close();
  }
}

/** @returns {Promise<string>} The same. */
function verdictOfProbe(host, ca) {
  const { port } = gateway;
  const roots = ca.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem).raw);
  const target = { host, port, roots, systemRoots: false };
  return new Promise((resolve) => {
    native.probe({ ...target, address: '127.0.0.1' }, ({ failure }) => {
      resolve(failure ? connectionFailure(failure, { ...target, clientId: 'd1', ca }).code : 'accepted');
    });
  });
}
