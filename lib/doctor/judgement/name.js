// @ts-check
'use strict';

const { finding } = require('../causes');
const { fieldOf } = require('../endpoint');
const { word } = require('../shell');

/** Of the resolver: the name has no address. The others mean that nobody could be asked. */
const NOT_FOUND = ['ENOTFOUND', 'ENODATA'];

/** @param {import('../../..').DiagnosisFacts} facts */
function judgeName(facts) {
  const { name } = facts;
  if (!name?.error) return [];
  const { host, error } = name;
  const evidence = { host, error };
  const command = `getent hosts ${word(host)}`;
  if (NOT_FOUND.includes(error) && host.endsWith('.')) {
    return [
      finding('name-not-found', {
        title: `The host name ${host}, with a dot at its end, does not resolve`,
        explanation:
          'The dot makes it a full name of DNS: hosts files and short names do not fit it any more.',
        remedy: `Leave the dot away: ${fieldOf(facts)}=${host.slice(0, -1)}.`,
        command,
        evidence,
      }),
    ];
  }
  if (NOT_FOUND.includes(error)) {
    return [
      finding('name-not-found', {
        title: `The host name ${host} does not resolve`,
        explanation:
          'The name servers of this device were asked and do not know it, and its hosts file does not have it.',
        remedy: `Check ${fieldOf(facts)} for typing errors. If it is right, make it known: in DNS, or by a line "<address> ${host}" in /etc/hosts of this device.`,
        command,
        evidence,
      }),
    ];
  }
  return [
    finding('name-unresolved', {
      title: `The host name ${host} could not be looked up (${error})`,
      explanation: 'The name servers of this device did not answer, so the name may be right.',
      remedy: `Check the network and the name servers of this device, or add a line "<address> ${host}" to its /etc/hosts.`,
      command,
      evidence,
    }),
  ];
}

module.exports = { judgeName };
