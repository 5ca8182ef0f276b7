// @ts-check
'use strict';

const { readClientCertificate } = require('../../tls/client_certificate');
const { certificateFacts, parseCertificate } = require('../certificate');
const { judgeClientCertificate } = require('../judgement/client_certificate');

/** What the device proves itself by, where it has no key or token. @type {import('../steps').Step<'clientCertificate'>} */
module.exports = {
  name: 'clientCertificate',
  title: 'Own certificate',
  skip: ({ connectionString }) =>
    connectionString?.credential === 'x509' ? undefined : 'the device does not authenticate by one',
  gather(examination) {
    const { settings, now } = examination;
    try {
      const { chain, key } = readClientCertificate(settings.x509, new Date(now()));
      examination.proof = { identity: { chain, key } };
      const presented = chain.flatMap((der) => parseCertificate(der) ?? []);
      return { presented: presented.map((each) => certificateFacts(each, now())) };
    } catch (error) {
      const { code, message, hint } = /** @type {any} */ (error);
      if (code === undefined) throw error;
      return { presented: [], fault: { code, message, hint } };
    }
  },
  judge: judgeClientCertificate,
};
