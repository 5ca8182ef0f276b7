// @ts-check
'use strict';

const { isIP } = require('node:net');
const { finding } = require('../causes');
const { HUB } = require('../identity');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/** The module's own name, in every certificate of edgeHub (contract edge-gateway.md §6.2). */
const MODULE = 'edgeHub';
const CONFIG = 'Set hostname in /etc/aziot/config.toml of the gateway';

/** @param {DiagnosisFacts} facts */
function judgeHostName(facts) {
  const { presented, nameFailure } = /** @type {import('../../..').ChainFacts} */ (facts.certificate);
  const { host = '' } = facts.connectionString ?? {};
  const [server] = presented;
  const { names, commonName } = server;
  if (!nameFailure || isOfHub(server) || isStranger(facts)) return [];
  const evidence = { host, names, commonName };
  const suggested = suggestion(facts, server);
  const use = suggested && `Use GatewayHostName=${suggested}, which this device must be able to resolve`;
  if (names.length === 0) {
    return [
      finding('certificate-without-names', {
        title: `The gateway's certificate has no subject alternative names, only ${commonName === undefined ? 'a subject' : `CN=${commonName}`}`,
        explanation:
          'Names count only there; the common name has been out of use since 2000. edgeHub never makes such a certificate: it was made by hand, or by create_edge_server_certificate of certGen.sh.',
        remedy: `Have a certificate made with subjectAltName=DNS:${commonName ?? '<hostname>'}, or let edgeHub make its own from [edge_ca].`,
        evidence,
      }),
    ];
  }
  if (isIP(host) && names.includes(`DNS:${host}`)) {
    return [
      finding('address-as-dns-name', {
        title: `The gateway's certificate has the address ${host} as a name, which does not count`,
        explanation:
          'An address must stand there as an IP address; old versions of IoT Edge wrote it as a DNS name.',
        remedy: `Update IoT Edge on the gateway, or give it a name: ${CONFIG}.`,
        evidence,
      }),
    ];
  }
  if (isIP(host)) {
    return [
      finding('address-not-in-certificate', {
        title: `The gateway's certificate is not for the address ${host}, but for ${list(names)}`,
        explanation: 'A gateway is trusted only under the very name or address that its certificate carries.',
        remedy: use
          ? `${use}: by DNS or by a line "${host} ${nameOf(suggested)}" in /etc/hosts. Or: ${CONFIG} to ${host}.`
          : `Check that this is the address of the gateway. If it is: ${CONFIG} to ${host}, and apply it.`,
        command: use && `echo '${host} ${nameOf(suggested)}' | sudo tee -a /etc/hosts`,
        evidence: { ...evidence, suggestion: suggested },
      }),
    ];
  }
  return [
    finding('name-differs', {
      title: `The gateway's certificate is not for ${host}, but for ${list(names)}`,
      explanation:
        'GatewayHostName must be the very string that hostname says in /etc/aziot/config.toml of the gateway; its certificate is made from that.',
      remedy: use
        ? `${use}. Or: ${CONFIG} to ${host}, and apply it.`
        : `Check that ${host} leads to the gateway (DNS, /etc/hosts), and not to another host. If it does: ${CONFIG} to ${host}, and apply it, which makes a new certificate.`,
      evidence: { ...evidence, suggestion: suggested },
    }),
  ];
}

/**
 * The name the gateway seems to be configured with.
 *
 * @param {DiagnosisFacts} facts
 * @param {ExaminedCertificate} server
 * @returns {string | undefined} With the port, if it is not the usual one.
 */
function suggestion({ connectionString, ca }, { names, commonName }) {
  // The system trusts the issuers of the whole internet, whose hosts are no gateways.
  if (ca?.systemRoots && !names.includes(`DNS:${MODULE}`)) return undefined;
  const bare = names.map((name) => name.replace(/^(DNS|IP):/, '')).filter((name) => name !== MODULE);
  const [best] = [...bare.filter((name) => name === commonName), ...bare];
  if (best === undefined || best.startsWith('*')) return undefined;
  const port = /:\d+$/.exec(connectionString?.gateway ?? '')?.[0] ?? '';
  return best + (best.includes(':') ? '' : port);
}

/** @param {string} [suggested] Without its port. */
function nameOf(suggested = '') {
  return suggested.replace(/^([^:]*):\d+$/, '$1');
}

/** @param {string[]} names */
function list(names) {
  return names.map((name) => name.replace(/^(DNS|IP):/, '')).join(', ');
}

/**
 * Neither the issuer nor the name is right: then nothing says that it is the gateway, and nothing it says is of use.
 *
 * @param {DiagnosisFacts} facts
 */
function isStranger({ certificate, connectionString }) {
  const { presented, nameFailure, pathFailure, root } = /** @type {import('../../..').ChainFacts} */ (
    certificate
  );
  if (!nameFailure || !pathFailure || root !== undefined) return false;
  const { names, commonName } = presented[0];
  const { host = '' } = connectionString ?? {};
  // An address as a name, or a name in CN alone, does not count, and yet says whose certificate it is.
  return names.length === 0 ? commonName !== host : !names.includes(`DNS:${host}`);
}

/** @param {ExaminedCertificate} certificate */
function isOfHub({ names, commonName = '' }) {
  return HUB.test(commonName) || names.some((name) => HUB.test(name));
}

module.exports = { judgeHostName, isOfHub, isStranger, MODULE };
