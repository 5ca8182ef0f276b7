'use strict';

const { createChain } = require('../../../gateway');
const { fileFor, gatewayFor, setEnvironment } = require('../surroundings');

/** What is wrong with the root certificate given. @type {import('./index').Scenes} */
module.exports = {
  'ca-not-found': async (t) => {
    const { connectionString } = await gatewayFor(t);
    return { connectionString, ca: `${fileFor(t, '')}.missing` };
  },
  'ca-no-certificate': async (t) => {
    const { connectionString, chain } = await gatewayFor(t);
    return {
      connectionString,
      ca: fileFor(t, chain.rootPem.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST')),
    };
  },
  'ca-private-key': async (t) => {
    const { connectionString, chain } = await gatewayFor(t);
    return { connectionString, ca: chain.serverKeyPem, secrets: [chain.serverKeyPem.split('\n')[1]] };
  },
  'ca-broken': async (t) => {
    const { connectionString, ca } = await gatewayFor(t);
    const lines = ca.trim().split('\n');
    lines.splice(2, 2);
    return { connectionString, ca: lines.join('\n') };
  },
  'ca-is-server-certificate': async (t) => {
    const earlier = await createChain({ variant: 'good-dns' });
    const chain = await createChain({ variant: 'good-dns', issuer: earlier });
    const { connectionString } = await gatewayFor(t, {}, { chain });
    return { connectionString, ca: earlier.serverPem };
  },
  'ca-expired': async (t) => gatewayFor(t, { variant: 'expired-root' }),
  'root-wrong': async (t) => gatewayFor(t, { variant: 'wrong-root' }),
  'root-replaced': async (t) => gatewayFor(t, { variant: 'same-name-root' }),
  'root-replaced, in the store of the system': async (t) => {
    const { connectionString, ca } = await gatewayFor(t, { variant: 'same-name-root' });
    setEnvironment(t, 'SSL_CERT_FILE', fileFor(t, ca));
    return { connectionString };
  },
  'root-not-given': async (t) => {
    const { connectionString } = await gatewayFor(t);
    return { connectionString };
  },
};
