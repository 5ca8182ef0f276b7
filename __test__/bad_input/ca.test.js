'use strict';

const assert = require('node:assert/strict');
const { X509Certificate, createPrivateKey } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo, faces, failureOf } = require('./telling');

/** The option `ca`: what cannot be a root is told before a socket is opened, the rest connects. */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-ca-'));
let gateway;
let chain;
let otherRoot;

before(async () => {
  chain = await createChain(SMALL);
  otherRoot = (await createChain({ ...SMALL, rootName: 'Another root' })).rootPem;
  gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }] });
});

after(async () => {
  fs.rmSync(folder, { recursive: true });
  await gateway.close();
});

const derOf = (pem) => new X509Certificate(pem).raw;
const keyBody = () => chain.serverKeyPem.split('\n').slice(1, -2).join('');

const derKey = (type) => createPrivateKey(chain.serverKeyPem).export({ type, format: 'der' });
const pemOf = (der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** The same length, and another type in the place of the serial number. */
function damaged(der) {
  const copy = Buffer.from(der);
  const version = copy.indexOf(Buffer.from('a003020102', 'hex'));
  copy[version + 5] = 0x13;
  copy[version] = 0x13;
  return copy;
}

function fileOf(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/** By name: what is given, and what the error tells. */
const refused = {
  'a path that does not exist': () => ({
    ca: path.join(folder, 'missing', 'root.pem'),
    code: 'ERR_IOT_CA_NOT_FOUND',
    names: [JSON.stringify(path.join(folder, 'missing', 'root.pem')), 'does not exist'],
    hint: /working directory/,
    cause: /ENOENT/,
  }),
  'a path to a directory': () => ({
    ca: folder,
    code: 'ERR_IOT_CA_NOT_FOUND',
    names: [JSON.stringify(folder), 'is a directory'],
    cause: /EISDIR/,
  }),
  'a text that is neither path nor PEM': () => ({
    ca: 'my root certificate',
    code: 'ERR_IOT_CA_NOT_FOUND',
    names: ['"my root certificate"'],
    cause: /ENOENT/,
  }),
  'an empty file': () => ({
    ca: fileOf('empty.pem', ''),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['empty.pem'],
  }),
  'a file without a certificate': () => ({
    ca: fileOf('readme.txt', 'The root\nis in the other directory.\n'),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['readme.txt'],
    hint: /readFileSync/,
  }),
  'a text of several lines without a certificate': () => ({
    ca: 'one\ntwo\n',
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['in ca'],
  }),
  'an empty Buffer': () => ({ ca: Buffer.alloc(0), code: 'ERR_IOT_CA_NO_CERTIFICATE', names: ['in ca'] }),
  'a public key': () => ({
    ca: new X509Certificate(chain.rootPem).publicKey.export({ type: 'spki', format: 'pem' }),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['in ca'],
  }),
  'a private key': () => ({
    ca: chain.serverKeyPem,
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['private key', 'ca, line 1'],
    hint: /BEGIN CERTIFICATE/,
    secrets: [keyBody(), keyBody().slice(0, 40)],
  }),
  'a file with a private key': () => ({
    ca: fileOf(
      'server.key.pem',
      createPrivateKey(chain.serverKeyPem).export({ type: 'sec1', format: 'pem' }),
    ),
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['server.key.pem', 'line 1'],
    secrets: [keyBody()],
  }),
  'a private key in UTF-16, behind other text': () => ({
    ca: Buffer.from(`\ufeffThe key:\r\n${chain.serverKeyPem}`, 'utf16le'),
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['line 2'],
    secrets: [keyBody()],
  }),
  'a private key as DER': () => ({
    ca: derKey('pkcs8'),
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['ca'],
    secrets: [keyBody()],
  }),
  'a file with an EC private key as DER': () => ({
    ca: fileOf('server.key.der', derKey('sec1')),
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['server.key.der'],
    secrets: [keyBody(), derKey('sec1').toString('base64')],
  }),
  'a certificate as DER that is cut off': () => ({
    ca: fileOf('cut.der', derOf(chain.rootPem).subarray(0, 200)),
    code: 'ERR_IOT_CA_BROKEN',
    names: ['cut.der', 'cut short'],
  }),
  'a certificate as DER with something else behind it': () => ({
    ca: Buffer.concat([derOf(chain.rootPem), derKey('pkcs8')]),
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    names: ['ca'],
    secrets: [keyBody()],
  }),
  'a request for a certificate': () => ({
    ca: chain.rootPem.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['in ca'],
  }),
  'a path in a Buffer': () => ({
    ca: Buffer.from(fileOf('root.pem', chain.rootPem)),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['in ca'],
    hint: /path itself/,
  }),
  'PEM with a sign that is not base64': () => ({
    ca: `\n\n${chain.rootPem.replace(/\n(....)/, '\n*$1')}`,
    code: 'ERR_IOT_CA_BROKEN',
    names: ['line 3', 'not base64'],
  }),
  'PEM whose second certificate is cut off': () => ({
    ca: fileOf('cut.pem', otherRoot + chain.rootPem.slice(0, chain.rootPem.length / 2)),
    code: 'ERR_IOT_CA_BROKEN',
    names: ['cut.pem', `line ${otherRoot.trim().split('\n').length + 1}`, 'END CERTIFICATE'],
    hint: /BEGIN.*END/,
  }),
  'PEM with lines missing': () => ({
    ca: chain.rootPem.split('\n').toSpliced(3, 3).join('\n'),
    code: 'ERR_IOT_CA_BROKEN',
    names: ['line 1'],
  }),
  'PEM whose second certificate decodes to none': () => ({
    ca: otherRoot + pemOf(damaged(derOf(chain.rootPem))) + otherRoot,
    code: 'ERR_IOT_CA_BROKEN',
    names: [`line ${otherRoot.trim().split('\n').length + 1}`, 'no certificate'],
  }),
  'an array with one that is broken': () => ({
    ca: [chain.rootPem, 'two\nlines'],
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['in ca[1]'],
  }),
  'an array with a file that is broken': () => ({
    ca: [chain.rootPem, [otherRoot, fileOf('one.pem', chain.rootPem.slice(0, 99))]],
    code: 'ERR_IOT_CA_BROKEN',
    names: ['one.pem', 'ca[1][1]', 'line 1'],
  }),
  'the base64 of a private key without its markers': () => ({
    ca: keyBody(),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['ca', 'BEGIN'],
    secrets: [keyBody(), keyBody().slice(0, 40)],
  }),
  'the connection string': () => ({
    ca: connectionStringTo('localhost'),
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    names: ['ca', 'connection string'],
  }),
  'an empty array': () => ({ ca: [], code: 'ERR_IOT_CA_EMPTY', names: ['empty array'] }),
  'a number': () => ({ ca: 42, code: 'ERR_IOT_CA_TYPE', names: ['ca is the number 42'] }),
  'an object': () => ({ ca: { pem: 'x' }, code: 'ERR_IOT_CA_TYPE', names: ['ca is an object'] }),
};

for (const face of faces) {
  for (const [name, make] of Object.entries(refused)) {
    test(`${face.name}: ca is ${name}`, async () => {
      const { ca, ...expected } = make();
      const before = gateway.counts.connections;
      const error = await failureOf(face, connectionStringTo(`localhost:${gateway.port}`), { ca });
      assertTold(error, { type: 'ArgumentError', ...expected });
      assert.equal(gateway.counts.connections, before, 'it was told without a socket');
    });
  }
}

/** Whatever form it has, it is that root. */
const accepted = {
  'PEM text': (pem) => pem,
  'a path': (pem) => fileOf('root.pem', pem),
  'a relative path': (pem) => path.relative(process.cwd(), fileOf('relative.pem', pem)),
  'the path of a DER file': (pem) => fileOf('root.der', derOf(pem)),
  'the path of a file with BOM and CRLF': (pem) => fileOf('dos.pem', `\ufeff${pem.replaceAll('\n', '\r\n')}`),
  'PEM in a Buffer': (pem) => Buffer.from(pem),
  'DER in a Buffer': (pem) => derOf(pem),
  'DER in a Uint8Array': (pem) => Uint8Array.from(derOf(pem)),
  'several DER, one behind the other': (pem) => Buffer.concat([derOf(otherRoot), derOf(pem)]),
  'UTF-16, as PowerShell writes it': (pem) => fileOf('utf16.pem', Buffer.from(`\ufeff${pem}`, 'utf16le')),
  'UTF-16 in the other order': (pem) => Buffer.from(`\ufeff${pem}`, 'utf16le').swap16(),
  'UTF-16 without a mark': (pem) => Buffer.from(pem, 'utf16le'),
  'UTF-16 read as UTF-8': (pem) => Buffer.from(`\ufeff${pem}`, 'utf16le').toString(),
  'what openssl s_client prints': (pem) => `0 s:CN = ${'gateway '.repeat(9)}\n   i:CN = root\n${pem}---\n`,
  'an array of one': (pem) => [pem],
  'an array of all kinds': (pem) => [
    otherRoot,
    Buffer.from(otherRoot),
    derOf(otherRoot),
    fileOf('mixed.pem', pem),
  ],
  'several in one text, the right one last': (pem) => otherRoot + pem,
  'several in one text, the right one first': (pem) => pem + otherRoot,
  'several without a line break between them': (pem) => otherRoot.trim() + pem.trim(),
  'the same one twice': (pem) => pem + pem,
  CRLF: (pem) => pem.replaceAll('\n', '\r\n'),
  'a byte order mark': (pem) => `\ufeff${pem}`,
  'literal \\n, as from an environment variable': (pem) => pem.replaceAll('\n', '\\n'),
  'literal \\r\\n': (pem) => pem.replaceAll('\n', '\\r\\n'),
  'indentation, as from YAML': (pem) => pem.replaceAll(/^/gm, '    '),
  'all in one line': (pem) => pem.replaceAll('\n', ' '),
  'words around it': (pem) => `subject=/CN=root\n${pem}\nend of file`,
  'the label X509 CERTIFICATE': (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
  'the label TRUSTED CERTIFICATE': (pem) => pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
  'a key beside it': (pem) => chain.serverKeyPem + pem,
};

for (const [name, formOf] of Object.entries(accepted)) {
  test(`ca may be ${name}`, async () => {
    for (const face of faces) {
      const ca = formOf(chain.rootPem);
      const close = await face.open(connectionStringTo(`localhost:${gateway.port}`), { ca });
      await close();
    }
  });
}

test("in whatever form, a root that is not the gateway's does not do", async () => {
  for (const formOf of Object.values(accepted)) {
    const ca = formOf(otherRoot);
    const error = await failureOf(faces[0], connectionStringTo(`localhost:${gateway.port}`), { ca });
    assert.equal(error.code, 'ERR_IOT_CERT_UNKNOWN_ISSUER', error.message);
  }
});
