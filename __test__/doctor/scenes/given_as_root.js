'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { createChain } = require('../../../gateway');
const { KEY, fileFor, gatewayFor } = require('../surroundings');

/**
 * @param {(chain: import('../../../gateway').Chain, file: (content: any) => string) => any} make
 * @returns {(t: any) => Promise<import('./index').Scene>} A gateway in order, and something else as its root.
 */
const given = (make) => async (t) => {
  const { connectionString, chain } = await gatewayFor(t);
  const ca = await make(chain, (content) => fileFor(t, content));
  return { connectionString, ca, secrets: [chain.serverKeyPem.split('\n')[1]] };
};
/** @param {string[]} args @param {string} [input] */
const openssl = (args, input) => execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });

const pkcs12 = (chain, file) =>
  openssl(['pkcs12', '-export', '-nokeys', '-in', file(chain.rootPem), '-passout', 'pass:']);
const pkcs7 = (chain, file, form) =>
  openssl(['crl2pkcs7', '-nocrl', '-certfile', file(chain.rootPem), '-outform', form]);
const request = (chain, file) =>
  openssl(['req', '-new', '-key', file(chain.serverKeyPem), '-subj', '/CN=localhost']);

/** What people give as the root certificate. @type {import('./index').Scenes} */
module.exports = {
  'ca-not-found, a directory': given((chain, file) => path.dirname(file(''))),
  'ca-not-found, a tilde': given(() => '~/certs/root.pem'),
  'ca-not-found, a URL': given(() => 'https://gateway.local/root.pem'),
  'ca-not-found, in quotes': given((chain, file) => `"${file(chain.rootPem)}"`),
  'ca-not-found, a variable': given(() => '$HOME/root.pem'),
  'ca-no-certificate, a request': given((chain, file) => file(request(chain, file))),
  'ca-no-certificate, PKCS#12': given((chain, file) => file(pkcs12(chain, file))),
  'ca-no-certificate, PKCS#7': given((chain, file) => file(pkcs7(chain, file, 'PEM'))),
  'ca-no-certificate, PKCS#7 in DER': given((chain, file) => file(pkcs7(chain, file, 'DER'))),
  'ca-no-certificate, base64 of PEM': given((chain) => Buffer.from(chain.rootPem).toString('base64')),
  'ca-no-certificate, base64 of PEM in a file': given((chain, file) =>
    file(Buffer.from(chain.rootPem).toString('base64')),
  ),
  'ca-no-certificate, without its lines': given((chain, file) =>
    file(chain.rootPem.replace(/-----.*-----\n/g, '')),
  ),
  'ca-no-certificate, an empty file': given((chain, file) => file('')),
  'ca-no-certificate, a public key': given((chain, file) =>
    file(openssl(['pkey', '-pubout'], chain.serverKeyPem)),
  ),
  'ca-no-certificate, a web page': given((chain, file) => file('<!DOCTYPE html><html>Sign in</html>')),
  'ca-no-certificate, a connection string': given((chain, file) => file(`HostName=a;SharedAccessKey=${KEY}`)),
  'ca-private-key, in a file': given((chain, file) => file(chain.serverKeyPem)),
  'ca-broken, cut short': given((chain, file) => file(chain.rootPem.slice(0, 300))),
  'ca-broken, a sign changed': given((chain, file) => file(chain.rootPem.replace(/\n(.)/, '\n*'))),
  'ca-is-server-certificate, of another gateway': async (t) => {
    const { connectionString } = await gatewayFor(t);
    return {
      connectionString,
      ca: (await createChain({ variant: 'good-dns', host: 'other.local' })).serverPem,
    };
  },
  'root-wrong, a device CA of another gateway': async (t) => {
    const other = await createChain({ variant: 'good-dns', edgeDeviceName: 'other' });
    const { connectionString } = await gatewayFor(t, { rootName: 'Plant Root' });
    return { connectionString, ca: other.deviceCaPem };
  },
  'root-wrong, many of others': async (t) => {
    const others = await Promise.all(
      ['A', 'B', 'C'].map((name) => createChain({ variant: 'good-dns', rootName: name })),
    );
    const { connectionString } = await gatewayFor(t, { rootName: 'Plant Root' });
    return { connectionString, ca: others.map(({ rootPem }) => rootPem) };
  },
  'root-replaced, the device CA of before': async (t) => {
    const before = await createChain({ variant: 'good-dns' });
    const chain = await createChain({ variant: 'good-dns', root: before });
    const { connectionString } = await gatewayFor(t, {}, { chain: { ...chain, chainPem: chain.serverPem } });
    return { connectionString, ca: before.deviceCaPem };
  },
  'root-replaced, of a quick-start gateway': async (t) => {
    const before = await createChain({ variant: 'quick-start' });
    const { connectionString } = await gatewayFor(t, { variant: 'quick-start' });
    return { connectionString, ca: before.rootPem };
  },
  'ca-expired, beside one of somebody else': async (t) => {
    const scene = await gatewayFor(t, { variant: 'expired-root' });
    const file = fileFor(
      t,
      `${scene.ca}\n${(await createChain({ variant: 'good-dns', rootName: 'X' })).rootPem}`,
    );
    return { connectionString: scene.connectionString, ca: fs.readFileSync(file) };
  },
};
