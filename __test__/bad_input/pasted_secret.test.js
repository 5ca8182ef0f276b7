'use strict';

const net = require('node:net');
const { createPrivateKey } = require('node:crypto');
const { before, test } = require('node:test');
const { createDeviceCertificate } = require('../../gateway');
const { assertTold, connectionStringTo, faces, failureOf, listening } = require('./telling');

/** Secrets in a place where a path belongs, or of a type that they are not: nothing shows them. */

let own, body;
before(async () => {
  own = await createDeviceCertificate({ deviceId: 'd1' });
  body = own.keyPem.replace(/-----.*-----/g, '').trim();
});

/** How a key without its first and last line is pasted, by what has become of its line breaks. */
const PASTED = {
  blanks: (text) => text.replaceAll('\n', ' '),
  'blanks, and quotes around it': (text) => `"${text.replaceAll('\n', ' ')}"`,
  'literal \\n': (text) => text.replaceAll('\n', '\\n'),
  'literal \\r\\n': (text) => text.replaceAll('\n', '\\r\\n') + '\\r\\n',
  'literal \\\\n': (text) => text.replaceAll('\n', '\\\\n'),
  'tabs and no padding': (text) => text.replaceAll('\n', '\t').replace(/=+$/, ''),
};

/** By the option it is given as: the other options, and the code. */
const OPTIONS = {
  key: () => [{ cert: own.certPem }, 'ERR_IOT_CLIENT_KEY_INVALID'],
  keyFile: () => [{ cert: own.certPem }, 'ERR_IOT_CLIENT_KEY_INVALID'],
  cert: () => [{ key: own.keyPem }, 'ERR_IOT_CLIENT_CERT_INVALID'],
  ca: () => [{ cert: own.certPem, key: own.keyPem }, 'ERR_IOT_CA_NO_CERTIFICATE'],
};

for (const face of faces) {
  for (const [option, make] of Object.entries(OPTIONS)) {
    if (option === 'keyFile' && face.name === 'connect()') continue; // there it is no option
    test(`${face.name}: a key on one line, given as ${option}, is not shown as a path`, async (t) => {
      const [others, code] = make();
      const gateway = await listening(t, net.createServer());
      const address = connectionStringTo(gateway, { SharedAccessKey: undefined, x509: 'true' });
      for (const pasted of Object.values(PASTED)) {
        const error = await failureOf(face, address, { ...others, [option]: pasted(body) });
        const secrets = [body.slice(0, 64), body.slice(70, 120)];
        assertTold(error, { type: 'ArgumentError', code, names: [option.replace('File', '')], secrets });
      }
    });
  }

  test(`${face.name}: a passphrase that is no text is refused before Node shows it`, async (t) => {
    const gateway = await listening(t, net.createServer());
    const address = connectionStringTo(gateway, { SharedAccessKey: undefined, x509: 'true' });
    const key = createPrivateKey(own.keyPem).export({
      ...{ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc' },
      passphrase: '987654321',
    });
    for (const passphrase of [987654321, 987654321n, ['987654321'], { passphrase: '987654321' }]) {
      const error = await failureOf(face, address, { cert: own.certPem, key, passphrase });
      assertTold(error, {
        type: 'ArgumentError',
        code: 'ERR_IOT_CLIENT_KEY_PASSPHRASE',
        names: [`passphrase is ${typeof passphrase}, not a text`],
        secrets: ['987654321'],
      });
    }
  });
}
