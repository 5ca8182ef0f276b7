// @ts-check
'use strict';

const net = require('node:net');
const { AsnConvert, OctetString } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');

const USAGES = { serverAuth: x509.id_kp_serverAuth, clientAuth: x509.id_kp_clientAuth };

/**
 * Extensions of a CA as certGen.sh writes them (contract edge-gateway.md §6.5); those of a quick-start gateway have a
 * path length and do not sign revocation lists (§6.3).
 * @param {{ pathLength?: number, signsLists?: boolean }} [options]
 */
function authorityExtensions({ pathLength, signsLists = true } = {}) {
  const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;
  return [
    constraints(pathLength),
    critical(
      x509.id_ce_keyUsage,
      new x509.KeyUsage(digitalSignature | keyCertSign | (signsLists ? cRLSign : 0)),
    ),
  ];
}

/** @param {number} [pathLength] */
function constraints(pathLength) {
  return critical(
    x509.id_ce_basicConstraints,
    new x509.BasicConstraints({ cA: true, pathLenConstraint: pathLength }),
  );
}

/**
 * Extensions of an end entity. edgeHub's certificate has names and serverAuth, and neither basicConstraints nor
 * keyUsage (contract edge-gateway.md §6.2).
 * @param {object} options
 * @param {string[] | false} options.names host names and IP addresses; `dns:` before one makes it a host name
 * @param {Array<keyof typeof USAGES> | false} options.usages
 * @param {boolean} [options.authority] claims to be a CA
 */
function endEntityExtensions({ names, usages, authority = false }) {
  const extensions = [];
  if (authority) extensions.push(constraints());
  if (names) {
    extensions.push(
      extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(names.map(generalName))),
    );
  }
  if (usages) {
    const purposes = usages.map((usage) => USAGES[usage]);
    extensions.push(extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage(purposes)));
  }
  return extensions;
}

/**
 * @param {string} extnID
 * @param {object} value
 */
function extension(extnID, value) {
  return new x509.Extension({
    extnID,
    critical: false,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/**
 * @param {string} extnID
 * @param {object} value
 */
function critical(extnID, value) {
  return new x509.Extension({
    extnID,
    critical: true,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/**
 * @param {string} value host name, or IP address in any notation
 */
function generalName(value) {
  if (value.startsWith('dns:')) return new x509.GeneralName({ dNSName: value.slice('dns:'.length) });
  if (!net.isIP(value)) return new x509.GeneralName({ dNSName: value });
  // The library misreads IPv4 embedded in IPv6; the URL parser writes it as hexadecimal groups.
  const iPAddress = net.isIPv6(value) ? new URL(`http://[${value}]`).hostname.slice(1, -1) : value;
  return new x509.GeneralName({ iPAddress });
}

module.exports = { USAGES, authorityExtensions, endEntityExtensions, extension };
