'use strict';

const assert = require('node:assert/strict');
const { X509Certificate } = require('node:crypto');
const { test } = require('node:test');
const tls = require('node:tls');
const { AsnConvert } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');
const { issue } = require('../../gateway/certificates/certificate');
const { authorityExtensions, endEntityExtensions } = require('../../gateway/certificates/extensions');
const { generateKeys } = require('../../gateway/certificates/keys');
const { connect } = require('../..');
const { connectionFailure } = require('../../lib/failures/connection_failure');
const { assertTold, connectionStringTo, listening } = require('../bad_input/telling');

/** Verdicts on certificates that `../bad_input/certificate.test.js` does not have, each over a socket. */

const DAY_MS = 86_400_000;
const LATER = new Date(Date.now() + 30 * DAY_MS);
const BEFORE = new Date(Date.now() - 30 * DAY_MS);
const YESTERDAY = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY_MS);

const serverExtensions = (names) => endEntityExtensions({ names, usages: ['serverAuth'] });

/** @returns {Promise<any>} A CA, self-signed. */
async function authority(commonName, { notAfter = LATER, keys = 'P-256' } = {}) {
  const extensions = authorityExtensions();
  return issue({ commonName, keys: await generateKeys(keys), extensions, notBefore: BEFORE, notAfter });
}

/** @returns {Promise<any>} */
async function server(
  issuer,
  {
    commonName = 'localhost',
    extensions = serverExtensions(['localhost', 'edgeHub']),
    keys = 'P-256',
    digest,
  } = {},
) {
  return issue({
    commonName,
    keys: await generateKeys(keys),
    issuer,
    digest,
    extensions,
    notBefore: BEFORE,
    notAfter: LATER,
  });
}

const NAMES = x509.id_ce_subjectAltName;
const USAGE = x509.id_ce_extKeyUsage;

/** @param {string} extnID */
function extension(extnID, value) {
  return { oid: extnID, critical: false, value: Buffer.from(AsnConvert.serialize(value)) };
}

const forServers = extension(USAGE, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth]));
const namedAs = (name) => extension(NAMES, new x509.SubjectAlternativeName([name]));

const fingerprintOf = ({ pem }) => new X509Certificate(pem).fingerprint256;
const isoDate = (date) => date.toISOString().replace('.000', '');

/**
 * By name: what is presented, leaf first; what is trusted; what the error tells. `certificate` is the common name of the
 * one that decided.
 */
const refused = {
  'no subject alternative name': async () => {
    const root = await authority('A root');
    const leaf = await server(root, { extensions: [forServers] });
    return {
      present: [leaf],
      ca: root,
      code: 'ERR_IOT_CERT_NO_SAN',
      names: ['"CN=localhost", issued by "CN=A root"', 'not for localhost'],
      hint: /localhost in CN does not.*subjectAltName=DNS:localhost/,
      certificate: 'localhost',
    };
  },
  'no subject alternative name, and an address dialled': async () => {
    const root = await authority('A root');
    return {
      host: '127.0.0.1',
      present: [await server(root, { commonName: '127.0.0.1', extensions: [forServers] })],
      ca: root,
      code: 'ERR_IOT_CERT_NO_SAN',
      names: ['not for 127.0.0.1'],
      hint: /subjectAltName=IP:127\.0\.0\.1/,
      certificate: '127.0.0.1',
    };
  },
  'an address written as a DNS name': async () => {
    const root = await authority('A root');
    const extensions = [forServers, namedAs(new x509.GeneralName({ dNSName: '127.0.0.1' }))];
    return {
      host: '127.0.0.1',
      present: [await server(root, { extensions })],
      ca: root,
      code: 'ERR_IOT_CERT_NAME',
      names: ['not for 127.0.0.1'],
      hint: /as a DNS name.*subjectAltName=IP:127\.0\.0\.1/,
      certificate: 'localhost',
    };
  },
  'more names than a line holds': async () => {
    const root = await authority('A root');
    const names = Array.from({ length: 40 }, (_, index) => `gateway${index}.local`);
    return {
      present: [await server(root, { extensions: serverExtensions(names) })],
      ca: root,
      code: 'ERR_IOT_CERT_NAME',
      names: ['gateway0.local, gateway1.local', 'and 34 more'],
      hint: /GatewayHostName=gateway0\.local/,
      certificate: 'localhost',
    };
  },
  'a certificate for clients': async () => {
    const root = await authority('A root');
    const extensions = [
      namedAs(new x509.GeneralName({ dNSName: 'localhost' })),
      extension(USAGE, new x509.ExtendedKeyUsage([x509.id_kp_clientAuth])),
    ];
    return {
      present: [await server(root, { extensions })],
      ca: root,
      code: 'ERR_IOT_CERT_PURPOSE',
      names: ['"CN=localhost"', 'A root'],
      hint: /server certificate/,
      certificate: 'localhost',
    };
  },
  'a CA in the place of a server': async () => {
    const root = await authority('A root');
    const extensions = [...authorityExtensions(), namedAs(new x509.GeneralName({ dNSName: 'localhost' }))];
    return {
      present: [await server(root, { extensions })],
      ca: root,
      code: 'ERR_IOT_CERT_CA_AS_SERVER',
      names: ['"CN=localhost"'],
      hint: /CA:FALSE/,
      certificate: 'localhost',
    };
  },
  'a short RSA key': async () => {
    const root = await authority('A root');
    return {
      present: [await server(root, { keys: 'rsa-1024' })],
      ca: root,
      code: 'ERR_IOT_CERT_WEAK',
      names: ['"CN=localhost"', 'RSA key has 1024 bits'],
      hint: /2048/,
      certificate: 'localhost',
    };
  },
  'a CA with a short RSA key': async () => {
    const root = await authority('A root', { keys: 'rsa-1024' });
    return {
      present: [await server(root)],
      ca: root,
      code: 'ERR_IOT_CERT_WEAK',
      names: ['"CN=A root"', 'RSA key has 1024 bits'],
      hint: /2048/,
      certificate: 'A root',
    };
  },
  'a signature with SHA-1': async () => {
    const root = await authority('A root', { keys: 'rsa-2048' });
    return {
      present: [await server(root, { digest: 'sha1' })],
      ca: root,
      code: 'ERR_IOT_CERT_WEAK',
      names: ['"CN=localhost", issued by "CN=A root",', 'signed with SHA-1'],
      hint: /SHA-256/,
      certificate: 'localhost',
    };
  },
  'an intermediate that has expired': async () => {
    const root = await authority('A root');
    const keys = await generateKeys('P-256');
    const dates = { notBefore: BEFORE, notAfter: YESTERDAY };
    const between = issue({
      commonName: 'edge.ca',
      keys,
      issuer: root,
      extensions: authorityExtensions(),
      ...dates,
    });
    return {
      present: [await server(between), between],
      ca: root,
      code: 'ERR_IOT_CERT_EXPIRED',
      names: ['"CN=edge.ca", issued by "CN=A root"', isoDate(YESTERDAY)],
      hint: /clock/,
      certificate: 'edge.ca',
    };
  },
  'another server certificate than the one given as ca': async () => {
    const root = await authority('A root');
    const [former, latter] = [await server(root), await server(root)];
    return {
      present: [latter],
      ca: former,
      code: 'ERR_IOT_CERT_PIN',
      names: ['another "CN=localhost"'],
      hint: new RegExp(`root certificate as ca, copied from the gateway itself.*${fingerprintOf(latter)}`),
      certificate: 'localhost',
    };
  },
  'another self-signed server certificate than the one given as ca': async () => {
    const [former, latter] = [await server(undefined), await server(undefined)];
    return {
      present: [latter],
      ca: former,
      code: 'ERR_IOT_CERT_PIN',
      names: ['another "CN=localhost"'],
      hint: new RegExp(`copied from the gateway itself.*${fingerprintOf(latter)}`),
      certificate: 'localhost',
    };
  },
  'the certificate of a TLS proxy': async () => {
    const proxy = await authority('Zscaler Intermediate Root CA (zscaler.net)');
    return {
      present: [await server(proxy, { extensions: serverExtensions(['localhost']) }), proxy],
      ca: await authority('A root'),
      code: 'ERR_IOT_INTERCEPTED',
      names: ['Zscaler Intermediate Root CA', 'intercepted'],
      hint: /proxy or firewall/,
      certificate: 'localhost',
    };
  },
  "a gateway's own certificate under a CA that is only named like a proxy's": async () => ({
    present: [await server(await authority('Reverse proxy CA'))],
    ca: await authority('A root'),
    code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    names: ['Reverse proxy CA', 'ca holds "CN=A root"'],
    hint: /intermediate/,
    certificate: 'localhost',
  }),
  'a certificate of nobody in particular': async () => ({
    present: [await server(await authority('Plant 7'), { extensions: serverExtensions(['localhost']) })],
    ca: await authority('A root'),
    code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    names: ['"CN=Plant 7"', 'ca holds "CN=A root"'],
    hint: /something else than the gateway answers/,
    certificate: 'localhost',
  }),
  'a certificate of another issuer, and for another name': async () => ({
    present: [await server(await authority('Printers'), { extensions: serverExtensions(['printer.local']) })],
    ca: await authority('A root'),
    code: 'ERR_IOT_NOT_THE_GATEWAY',
    names: ['not your gateway', 'printer.local', '"CN=Printers"'],
    hint: /^A proxy answers.*GatewayHostName.*Do not trust what is presented there/,
    certificate: 'localhost',
  }),
  'the same, with a root of the right name and another key': async () => ({
    present: [await server(await authority('A root'), { extensions: serverExtensions(['printer.local']) })],
    ca: await authority('A root'),
    code: 'ERR_IOT_NOT_THE_GATEWAY',
    names: ['printer.local'],
    hint: /Do not trust/,
    certificate: 'localhost',
  }),
  'the same, with its own root presented': async () => {
    const root = await authority('Printers');
    return {
      present: [await server(root, { extensions: serverExtensions(['printer.local']) }), root],
      ca: await authority('A root'),
      code: 'ERR_IOT_NOT_THE_GATEWAY',
      names: ['printer.local'],
      hint: /Do not trust/,
      certificate: 'localhost',
    };
  },
  'a root that is presented too': async () => {
    const root = await authority('Plant 7');
    return {
      present: [await server(root), root],
      ca: await authority('A root'),
      code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
      names: ['"CN=Plant 7", issued by itself'],
      hint: new RegExp(`from the gateway itself.*Only if its fingerprint is ${fingerprintOf(root)}`),
      certificate: 'Plant 7',
    };
  },
  "IoT Hub's certificate": async () => {
    const root = await authority('Microsoft Azure RSA TLS Issuing CA 07');
    const extensions = serverExtensions(['*.azure-devices.net', '*.privatelink.azure-devices.net']);
    return {
      present: [await server(root, { extensions })],
      ca: await authority('A root'),
      code: 'ERR_IOT_CERT_OF_HUB',
      names: ['IoT Hub', '*.azure-devices.net'],
      hint: /GatewayHostName.*HostName/,
      certificate: 'localhost',
    };
  },
  "IoT Hub's certificate, trusted": async () => {
    const root = await authority('DigiCert Global Root G2');
    return {
      present: [await server(root, { extensions: serverExtensions(['*.azure-devices.net']) })],
      ca: root,
      code: 'ERR_IOT_CERT_OF_HUB',
      names: ['IoT Hub'],
      hint: /GatewayHostName/,
      certificate: 'localhost',
    };
  },
};

for (const [name, make] of Object.entries(refused)) {
  test(name, async (t) => {
    const { present, ca, host = 'localhost', certificate, ...expected } = await make();
    const [leaf] = present;
    const at = await listening(t, serving(present));
    const connectionString = connectionStringTo(at.replace('localhost', host));
    const error = await connect({ connectionString, ca: ca.pem }).then(
      () => assert.fail('it connected'),
      (failure) => failure,
    );
    assertTold(error, { type: 'NotConnectedError', cause: /certificate/, ...expected });
    const { subject, issuer, validFrom, fingerprint } = error.certificate;
    assert.equal(subject, `CN=${certificate}`);
    assert.match(issuer, /^CN=/);
    assert.equal(validFrom, isoDate(new Date(Math.floor(BEFORE.getTime() / 1000) * 1000)));
    if (certificate === leaf.commonName) assert.equal(fingerprint, fingerprintOf(leaf));
  });
}

test('a root given as ca that has expired', async () => {
  const root = await authority('Plant 7', { notAfter: YESTERDAY });
  const presented = [await server(root), root];
  const derOf = ({ pem }) => new X509Certificate(pem).raw;
  for (const chain of [presented, presented.slice(0, 1)]) {
    const native = { kind: 'certificate-root-expired', stage: 'tls', detail: 'expired', elapsedMs: 3 };
    const error = connectionFailure(
      { ...native, chain: chain.map(derOf), root: derOf(root) },
      {
        host: 'localhost',
        port: 8883,
        clientId: 'd1',
        roots: [derOf(root)],
        systemRoots: false,
        ca: 'root.pem',
      },
    );
    assertTold(error, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_CERT_ROOT_EXPIRED',
      names: ['"CN=Plant 7" given as ca', isoDate(YESTERDAY)],
      hint: /current root.*--ca root\.pem$/,
      cause: /expired/,
    });
    assert.equal(error.certificate.fingerprint, fingerprintOf(root));
  }
});

/** @param {any[]} present Leaf first. */
function serving(present) {
  const server = tls.createServer({
    cert: present.map(({ pem }) => pem).join(''),
    key: present[0].keyPem,
    // OpenSSL would not serve with the short keys that are to be refused.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  return server.on('tlsClientError', () => {});
}
