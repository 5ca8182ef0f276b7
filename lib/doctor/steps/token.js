// @ts-check
'use strict';

const { credentialOf } = require('../credentials');
const { whyNameless } = require('../identity');
const { judgeToken } = require('../judgement/token');
const { readToken } = require('../token_reading');

/** Contract edge-gateway.md §10.2, row 17. @type {import('../steps').Step<'token'>} */
module.exports = {
  name: 'token',
  title: 'Token',
  skip({ connectionString }) {
    const { credential, faults = [] } = connectionString ?? {};
    const nameless = whyNameless(connectionString);
    if (!credentialOf(credential)?.prove) return 'there is no key or token';
    if (nameless) return nameless;
    return faults.some(({ kind }) => kind === 'key-not-base64') ? 'the key cannot be used' : undefined;
  },
  gather(examination) {
    const { hub = '', deviceId = '', moduleId, credential } = examination.facts.connectionString ?? {};
    const { prove } = /** @type {any} */ (credentialOf(credential));
    examination.proof = prove(examination.secret, { hub, deviceId, moduleId }, examination.now());
    const made = credential === 'key';
    return { made, ...readToken(examination.proof?.password ?? '') };
  },
  judge: judgeToken,
};
