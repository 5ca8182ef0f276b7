'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createChain } = require('../../../gateway');
const { HUB, connectionStringTo, fileFor, gatewayFor, setEnvironment } = require('../surroundings');

const DAY_MS = 86_400_000;

const openssl = (/** @type {string[]} */ ...args) => execFileSync('openssl', args, { stdio: 'pipe' });

/**
 * @param {string} name What the root permits below itself.
 * @returns {Promise<import('../../../gateway').Chain>} With a server certificate for another one.
 */
async function namesPermitted(name) {
  const chain = await createChain({ variant: 'good-dns' });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-doctor-'));
  try {
    const at = (/** @type {string} */ file) => path.join(folder, file);
    fs.writeFileSync(at('server.key'), chain.serverKeyPem);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const ca = ['basicConstraints=critical,CA:TRUE', `nameConstraints=critical,permitted;DNS:${name}`];
    const added = ca.flatMap((extension) => ['-addext', extension]);
    openssl(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      at('ca.key'),
      '-out',
      at('ca.pem'),
      '-subj',
      '/CN=Corp Root',
      ...added,
    );
    fs.writeFileSync(at('names'), 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost');
    openssl('req', '-new', '-key', at('server.key'), '-out', at('csr'), '-subj', '/CN=localhost');
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', '2', '-extfile', at('names')];
    openssl('x509', '-req', '-in', at('csr'), ...by, '-out', at('server.pem'));
    const read = (/** @type {string} */ file) => fs.readFileSync(at(file), 'utf8');
    return { ...chain, rootPem: read('ca.pem'), chainPem: read('server.pem') };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What is wrong with the certificates of the gateway. @type {import('./index').Scenes} */
module.exports = {
  'certificate-expired': (t) => gatewayFor(t, { variant: 'expired-leaf' }),
  'intermediate-expired': (t) => gatewayFor(t, { variant: 'expired-intermediate' }),
  'certificate-not-yet-valid': (t) =>
    // Of an authority that dates ahead, as edgeHub never does.
    gatewayFor(t, { variant: 'not-yet-valid-leaf', certificates: { server: { names: ['localhost'] } } }),
  'clock-behind': (t) => gatewayFor(t, { variant: 'not-yet-valid-leaf' }),
  'clock-behind, by ten years': async (t) => ({
    ...(await gatewayFor(t)),
    surroundings: { now: () => Date.now() - 3652 * DAY_MS },
  }),
  'clock-ahead, by three years': async (t) => ({
    ...(await gatewayFor(t)),
    surroundings: { now: () => Date.now() + 1100 * DAY_MS },
  }),
  'intermediate-not-ca': (t) => gatewayFor(t, { certificates: { deviceCa: { authority: false } } }),
  'intermediate-not-ca, further up': (t) =>
    gatewayFor(t, { certificates: { intermediate: { authority: false } } }),
  'names-not-permitted': async (t) => {
    const chain = await namesPermitted('corp.example');
    return gatewayFor(t, {}, { chain });
  },
  'intermediate-replaced': async (t) => {
    const chain = await createChain({ variant: 'good-dns' });
    const before = await createChain({ variant: 'good-dns', root: chain });
    const chainPem = chain.serverPem + before.deviceCaPem + chain.intermediatePem;
    return gatewayFor(t, {}, { chain: { ...chain, chainPem } });
  },
  'intermediate-missing': (t) => gatewayFor(t, { variant: 'missing-intermediate' }),
  'intermediate-missing, and the device CA': (t) => gatewayFor(t, { present: ['server'] }),
  'intermediate-missing, the root in the store of the system': async (t) => {
    const { connectionString, ca } = await gatewayFor(t, { variant: 'missing-intermediate' });
    setEnvironment(t, 'SSL_CERT_FILE', fileFor(t, ca));
    return { connectionString };
  },
  'name-differs': (t) => gatewayFor(t, { variant: 'wrong-name' }),
  'address-not-in-certificate': (t) => gatewayFor(t, {}, { dial: '127.0.0.1' }),
  'address-as-dns-name': (t) => gatewayFor(t, { variant: 'ip-as-dns-name' }, { dial: '127.0.0.1' }),
  'certificate-without-names': (t) => gatewayFor(t, { variant: 'common-name-only' }),
  'certificate-is-ca': (t) => gatewayFor(t, { variant: 'leaf-is-ca' }),
  'certificate-purpose': (t) => gatewayFor(t, { variant: 'client-usage' }),
  'certificate-version': (t) => gatewayFor(t, { variant: 'version-1' }),
  'certificate-weak, a short key': (t) => gatewayFor(t, { variant: 'rsa-1024' }),
  'certificate-weak, SHA-1': (t) => gatewayFor(t, { variant: 'sha-1' }),
  'path-length': (t) => gatewayFor(t, { variant: 'path-length' }),
  interception: async (t) => {
    const { ca } = await createChain({ variant: 'good-dns' }).then(({ rootPem }) => ({ ca: rootPem }));
    const proxy = { rootName: 'Zscaler Root CA', certificates: { server: { names: ['localhost'] } } };
    const { connectionString } = await gatewayFor(t, {
      ...proxy,
      present: ['server', 'deviceCa', 'intermediate', 'root'],
    });
    return { connectionString, ca };
  },
  'not-the-gateway': async (t) => {
    const certificates = { server: { names: ['printer.local'] }, deviceCa: { commonName: 'Printers' } };
    const { connectionString } = await gatewayFor(t, { certificates, quickStart: true });
    const { rootPem } = await createChain({ variant: 'good-dns' });
    return { connectionString, ca: rootPem };
  },
  'not-the-gateway, by its address': async (t) => {
    const other = { rootName: 'Printers', certificates: { server: { names: ['printer.local'] } } };
    const { connectionString } = await gatewayFor(t, other, { dial: '127.0.0.1' });
    const { rootPem } = await createChain({ variant: 'good-dns' });
    return { connectionString, ca: rootPem };
  },
  'not-the-gateway, and nothing given': async (t) => {
    const { ca } = await gatewayFor(t);
    const other = { rootName: 'Printers', certificates: { server: { names: ['printer.local'] } } };
    setEnvironment(t, 'SSL_CERT_FILE', fileFor(t, ca));
    return { connectionString: (await gatewayFor(t, other)).connectionString };
  },
  'certificate-of-hub': (t) =>
    gatewayFor(t, {
      certificates: { server: { commonName: '*.azure-devices.net', names: ['*.azure-devices.net'] } },
    }),
  'gateway-is-hub': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return {
      connectionString: connectionStringTo(HUB, { HostName: at }),
      ca,
      surroundings: { limits: { nameMs: 1000 } },
    };
  },
};
