// @ts-check
'use strict';

const { explained } = require('./explained');

const GIVE =
  'Give them to the doctor, too: --cert and --key, or PATH_TO_CERTIFICATE_FILE and PATH_TO_KEY_FILE in its environment.';
const GIVE_PASSPHRASE = 'The doctor takes it from KEY_PASSPHRASE_OR_EMPTY in its environment.';

/** What goes with the remedy of the client. @type {Record<string, string>} */
const HOW = { ERR_IOT_CLIENT_CERT_MISSING: GIVE, ERR_IOT_CLIENT_KEY_PASSPHRASE: GIVE_PASSPHRASE };

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeClientCertificate(facts) {
  const { fault } = facts.clientCertificate ?? {};
  if (!fault) return [];
  const remedy = [fault.hint, HOW[fault.code]].filter(Boolean).join(' ');
  return [explained(facts, { ...fault, remedy }) ?? []].flat();
}

module.exports = { judgeClientCertificate };
