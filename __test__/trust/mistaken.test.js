'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { after, before, describe, it } = require('node:test');
const { readRoots, readTrust } = require('../../lib/tls/trust');
const { errors } = require('../..');

/** What people give in the place of a root certificate, as OpenSSL makes it, is called by its name and never shown. */

let folder;
/** What must not be shown. */
let key;
const at = (/** @type {string} */ name) => path.join(folder, name);
const read = (/** @type {string} */ name) => fs.readFileSync(at(name));
const openssl = (/** @type {string[]} */ ...args) =>
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-mistaken-'));
  const subject = ['-subj', '/CN=Example Root'];
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'root.key');
  openssl('req', '-x509', '-new', '-key', 'root.key', ...subject, '-days', '9', '-out', 'root.pem');
  openssl('req', '-new', '-key', 'root.key', ...subject, '-out', 'root.csr');
  openssl('req', '-new', '-key', 'root.key', ...subject, '-outform', 'DER', '-out', 'root.csr.der');
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'root.pem', '-out', 'root.p7b');
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'root.pem', '-outform', 'DER', '-out', 'root.p7b.der');
  const p12 = ['pkcs12', '-export', '-in', 'root.pem', '-passout', 'pass:secret'];
  openssl(...p12, '-nokeys', '-out', 'root.p12');
  openssl(...p12, '-inkey', 'root.key', '-out', 'identity.pfx');
  openssl('pkey', '-in', 'root.key', '-pubout', '-out', 'root.pub');
  openssl('pkey', '-in', 'root.key', '-pubout', '-outform', 'DER', '-out', 'root.pub.der');
  openssl('pkey', '-in', 'root.key', '-outform', 'DER', '-out', 'root.key.der');
  openssl('pkcs8', '-topk8', '-in', 'root.key', '-passout', 'pass:secret', '-out', 'root.key.enc');
  openssl('x509', '-in', 'root.pem', '-noout', '-text', '-out', 'root.txt');
  openssl('x509', '-in', 'root.pem', '-outform', 'DER', '-out', 'root.der');
  fs.writeFileSync(at('index.txt'), '');
  fs.writeFileSync(at('ca.cnf'), '[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ndefault_md=sha256\n');
  const crl = ['ca', '-gencrl', '-config', 'ca.cnf', '-keyfile', 'root.key', '-cert', 'root.pem'];
  openssl(...crl, '-crldays', '9', '-out', 'root.crl');
  openssl('crl', '-in', 'root.crl', '-outform', 'DER', '-out', 'root.crl.der');
  key = read('root.key').toString().split('\n').slice(1, -2).join('');
});

after(() => fs.rmSync(folder, { recursive: true }));

const base64 = (/** @type {string} */ name) => read(name).toString('base64');
const wrapped = (/** @type {string} */ text) => text.replace(/(.{64})/g, '$1\n');
/** A file, by its content. */
const fileOf = (/** @type {string | Buffer} */ content) => {
  fs.writeFileSync(at('given'), content);
  return at('given');
};

/** What is given, the code, what the message calls it, what the hint says. @type {Record<string, [() => any, string, RegExp, RegExp]>} */
const GIVEN = {
  'a certificate request': [
    () => at('root.csr'),
    'NO_CERTIFICATE',
    /a certificate request$/,
    /BEGIN CERTIFICATE/,
  ],
  'a certificate request as DER': [
    () => read('root.csr.der'),
    'NO_CERTIFICATE',
    /a certificate request$/,
    /asks/,
  ],
  'a PKCS#7 bundle': [() => at('root.p7b'), 'NO_CERTIFICATE', /PKCS#7 bundle/, /pkcs7 -print_certs/],
  'a PKCS#7 bundle as DER, as Windows exports it': [
    () => at('root.p7b.der'),
    'NO_CERTIFICATE',
    /PKCS#7 bundle/,
    /pkcs7 -print_certs/,
  ],
  'a PKCS#12 file': [() => at('root.p12'), 'NO_CERTIFICATE', /PKCS#12 file/, /-nokeys/],
  'a PKCS#12 file with a key': [() => at('identity.pfx'), 'NO_CERTIFICATE', /PKCS#12 file/, /-nokeys/],
  'a list of revoked certificates': [() => at('root.crl'), 'NO_CERTIFICATE', /\(CRL\)/, /BEGIN CERTIFICATE/],
  'the same as DER': [() => at('root.crl.der'), 'NO_CERTIFICATE', /\(CRL\)/, /BEGIN CERTIFICATE/],
  'a public key': [() => at('root.pub'), 'NO_CERTIFICATE', /a public key$/, /owner/],
  'a public key as DER': [() => at('root.pub.der'), 'NO_CERTIFICATE', /a public key$/, /owner/],
  'a public key of SSH': [
    () => fileOf('ssh-ed25519 AAAAC3Nza me@here\n'),
    'NO_CERTIFICATE',
    /of SSH$/,
    /owner/,
  ],
  'a private key': [() => at('root.key'), 'PRIVATE_KEY', /private key/, /stays/],
  'a private key as DER': [() => at('root.key.der'), 'PRIVATE_KEY', /private key/, /stays/],
  'an encrypted private key': [() => at('root.key.enc'), 'PRIVATE_KEY', /private key/, /stays/],
  'base64 of a PEM': [() => base64('root.pem'), 'NO_CERTIFICATE', /base64 of a PEM$/, /Decode it/],
  'base64 of a PEM in lines': [
    () => wrapped(base64('root.pem')),
    'NO_CERTIFICATE',
    /base64 of a PEM$/,
    /Decode/,
  ],
  'a file of it': [
    () => fileOf(`${wrapped(base64('root.pem'))}\n`),
    'NO_CERTIFICATE',
    /base64 of a PEM$/,
    /Decode/,
  ],
  'base64 of a private key': [
    () => base64('root.key'),
    'NO_CERTIFICATE',
    /base64 of a private key$/,
    /stays/,
  ],
  'base64 without its markers': [
    () => wrapped(base64('root.der')),
    'NO_CERTIFICATE',
    /BEGIN and END/,
    /if it is one/,
  ],
  'hexadecimal digits': [
    () => fileOf(read('root.der').toString('hex')),
    'NO_CERTIFICATE',
    /hexadecimal/,
    /'hex'/,
  ],
  'hexadecimal digits with colons': [
    () =>
      fileOf(
        read('root.der')
          .toString('hex')
          .replace(/..(?=.)/g, '$&:'),
      ),
    'NO_CERTIFICATE',
    /hexadecimal/,
    /'hex'/,
  ],
  'a description of a certificate': [
    () => at('root.txt'),
    'NO_CERTIFICATE',
    /a description of one$/,
    /openssl x509/,
  ],
  'a web page': [
    () => fileOf('<!DOCTYPE html><title>Log in</title>'),
    'NO_CERTIFICATE',
    /a web page$/,
    /log in/,
  ],
  'a ZIP archive': [() => fileOf(Buffer.from('504b030414000000', 'hex')), 'NO_CERTIFICATE', /ZIP/, /Unpack/],
  'a key store of Java': [
    () => fileOf(Buffer.from('feedfeed00000002', 'hex')),
    'NO_CERTIFICATE',
    /Java/,
    /-rfc/,
  ],
  'an empty file': [() => fileOf(''), 'NO_CERTIFICATE', /it is empty$/, /root certificate/],
  'a file of white space, in UTF-16': [
    () => fileOf(Buffer.from('\ufeff\r\n', 'utf16le')),
    'NO_CERTIFICATE',
    /empty$/,
    /./,
  ],
  'a file with a path in it': [
    () => fileOf('/etc/ssl/root.pem\n'),
    'NO_CERTIFICATE',
    /a path$/,
    /path itself/,
  ],
  'a file with a connection string in it': [
    () => fileOf(`HostName=h;SharedAccessKey=${key}`),
    'NO_CERTIFICATE',
    /a connection string$/,
    /root certificate/,
  ],
  'something unknown': [
    () => fileOf('once upon\na time\n'),
    'NO_CERTIFICATE',
    /no certificate in the file/,
    /as PEM/,
  ],
  'a damaged certificate': [() => read('root.der').subarray(0, 100), 'BROKEN', /damaged/, /Copy/],
  'a directory': [() => folder, 'NOT_FOUND', /is a directory$/, /Name the file/],
  'a path and a line break': [
    () => `${at('root.pem')}\n`,
    'NOT_FOUND',
    /line break around it$/,
    /path\.trim/,
  ],
  'a path and a Windows line break': [() => `${at('root.pem')}\r\n`, 'NOT_FOUND', /line break/, /path\.trim/],
  'a path and a carriage return': [() => `${at('root.pem')}\r`, 'NOT_FOUND', /./, /path\.trim/],
  'a path and a blank': [() => `${at('root.pem')} `, 'NOT_FOUND', /does not exist$/, /path\.trim/],
  'the home directory of a shell': [() => '~/root.pem', 'NOT_FOUND', /"~\/root\.pem"/, /home directory/],
  'the URL of a file': [() => String(pathToFileURL(at('root.pem'))), 'NOT_FOUND', /file:/, /fileURLToPath/],
  'the URL of a server': [() => 'https://example.com/root.pem', 'NOT_FOUND', /https:/, /not fetched/],
  'a path in quotes': [() => `"${at('root.pem')}"`, 'NOT_FOUND', /does not exist$/, /quotes/],
  'a variable of a shell': [() => '$HOME/root.pem', 'NOT_FOUND', /\$HOME/, /process\.env/],
  'a variable of Windows': [() => '%USERPROFILE%\\root.pem', 'NOT_FOUND', /%USERPROFILE%/, /process\.env/],
  'a text too long for a path': [() => '/x'.repeat(5000), 'NOT_FOUND', /too long for a path$/, /as PEM/],
  'the path of a file below a file': [
    () => path.join(at('root.pem'), 'x'),
    'NOT_FOUND',
    /ENOTDIR/,
    /operating system/,
  ],
};

describe('ca', () => {
  for (const [name, [make, code, message, hint]] of Object.entries(GIVEN)) {
    it(`${name} is called what it is`, () => {
      assert.throws(
        () => readTrust(make()),
        (/** @type {any} */ error) => {
          assert.ok(error instanceof errors.ArgumentError, error.stack);
          assert.equal(error.code, `ERR_IOT_CA_${code}`, error.message);
          assert.match(error.message, message);
          assert.match(error.hint, hint);
          const shown = `${error.message} ${error.hint}`;
          assert.ok(!shown.includes(key.slice(0, 16)) && !shown.includes('\n') && shown.length < 800, shown);
          return true;
        },
      );
    });
  }

  it('that is one is read', () => {
    for (const given of [at('root.pem'), at('root.der'), read('root.pem'), read('root.der')]) {
      assert.equal(readRoots(given).roots.length, 1);
    }
  });
});
