// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');

/**
 * Says which certificate of a refused chain decided, and why. The verdict itself is rustls's; Node's X509Certificate
 * only reads what is written in the certificates.
 *
 * @param {import('./binding').NativeFailure} native
 * @param {import('./connection_failure').Target} target
 * @returns {[code: string, message: string, hint: string]}
 */
function describeCertificateFailure(native, target) {
  const chain = native.chain.flatMap(parse);
  const [leaf] = chain;
  if (leaf === undefined) {
    return [
      'ERR_IOT_CERT_INVALID',
      `The certificate of ${target.host} cannot be read: ${native.detail}`,
      RENEW,
    ];
  }
  switch (native.kind) {
    case 'certificate-expired':
      return expired(chain, new Date());
    case 'certificate-not-yet-valid':
      return notYetValid(chain, new Date());
    case 'certificate-wrong-name':
      return wrongName(leaf, target.host);
    case 'certificate-unknown-issuer':
    case 'certificate-bad-signature':
      return untrusted(chain, target);
    case 'certificate-wrong-purpose':
      return [
        'ERR_IOT_CERT_PURPOSE',
        `The certificate ${nameOf(leaf)} is not made for servers (extended key usage)`,
        'Check that the gateway presents its server certificate.',
      ];
    default:
      return [
        'ERR_IOT_CERT_INVALID',
        `The certificate ${nameOf(leaf)} is not acceptable: ${native.detail}`,
        RENEW,
      ];
  }
}

const RENEW = 'Have the certificate of the gateway made anew.';

/**
 * @param {X509Certificate[]} chain
 * @param {Date} now
 * @returns {[string, string, string]}
 */
function expired(chain, now) {
  const certificate = chain.find(({ validTo }) => new Date(validTo) < now) ?? chain[0];
  return [
    'ERR_IOT_CERT_EXPIRED',
    `The certificate ${nameOf(certificate)} expired on ${isoDate(certificate.validTo)}`,
    `Renew it on the gateway, or set the clock of this device, which says ${isoDate(now)}.`,
  ];
}

/**
 * @param {X509Certificate[]} chain
 * @param {Date} now
 * @returns {[string, string, string]}
 */
function notYetValid(chain, now) {
  const certificate = chain.find(({ validFrom }) => new Date(validFrom) > now) ?? chain[0];
  return [
    'ERR_IOT_CERT_NOT_YET_VALID',
    `The certificate ${nameOf(certificate)} is not valid before ${isoDate(certificate.validFrom)}`,
    `Set the clock of this device, which says ${isoDate(now)}.`,
  ];
}

/**
 * @param {X509Certificate} leaf
 * @param {string} host
 * @returns {[string, string, string]}
 */
function wrongName(leaf, host) {
  const names = namesOf(leaf);
  const known = names.length > 0 ? `it is for ${names.join(', ')}` : 'it has no subject alternative names';
  const better = names.find((name) => name !== 'edgeHub');
  return [
    'ERR_IOT_CERT_NAME',
    `The certificate of the gateway is not for ${host}: ${known}`,
    better === undefined
      ? 'Set hostname in the config.toml of the gateway and apply it.'
      : `Use GatewayHostName=${better} if this device can resolve that name, or set hostname on the gateway to ${host}.`,
  ];
}

/**
 * No path to a trusted root: because a root of that name has another key, or because none has the name.
 *
 * @param {X509Certificate[]} chain
 * @param {import('./connection_failure').Target} target
 * @returns {[string, string, string]}
 */
function untrusted(chain, target) {
  const roots = target.roots.flatMap(parse);
  const top = topOf(chain);
  const namesake = roots.find((root) => root.subject === top.issuer);
  if (namesake) {
    return [
      'ERR_IOT_CERT_ROOT_KEY',
      `${nameOf(top)} was issued by another ${commonName(top.issuer)} than the one given as ca: same name, other key`,
      'The root was probably made anew on the gateway: copy its current root certificate to this device. ' +
        `The one given has the fingerprint ${namesake.fingerprint256}.`,
    ];
  }
  const given = target.systemRoots
    ? 'the system store does not know it'
    : `ca holds ${roots.map((root) => commonName(root.subject)).join(', ')}`;
  return [
    'ERR_IOT_CERT_UNKNOWN_ISSUER',
    `The chain of the gateway ends at ${nameOf(top)}, issued by ${commonName(top.issuer)}, and ${given}`,
    target.systemRoots
      ? 'Give the root certificate of the gateway: client.setOptions({ ca: fs.readFileSync(path) }), or install it.'
      : 'Either this is not the root of the gateway, or the gateway does not send an intermediate certificate: its ' +
        'edge CA file must hold the chain (device CA, then intermediates).',
  ];
}

/**
 * The last certificate of the path that begins with the leaf; the order they were sent in does not count.
 *
 * @param {X509Certificate[]} chain
 */
function topOf(chain) {
  let top = chain[0];
  for (let steps = 0; steps < chain.length; steps++) {
    const issuer = chain.find(
      (each) => each !== top && each.subject === top.issuer && each.subject !== top.subject,
    );
    if (!issuer) break;
    top = issuer;
  }
  return top;
}

/**
 * @param {Buffer} der
 * @returns {X509Certificate[]} None where Node cannot read it.
 */
function parse(der) {
  try {
    return [new X509Certificate(der)];
  } catch {
    return [];
  }
}

/** @param {X509Certificate} certificate */
function nameOf(certificate) {
  return commonName(certificate.subject);
}

/** @param {string} name `CN=gateway.local\nO=…` */
function commonName(name) {
  const cn = /^CN=(.*)$/m.exec(name)?.[1];
  return cn === undefined ? JSON.stringify(name.replaceAll('\n', ', ')) : `"CN=${cn}"`;
}

/**
 * @param {X509Certificate} leaf
 * @returns {string[]}
 */
function namesOf(leaf) {
  const entries = leaf.subjectAltName?.split(', ') ?? [];
  return entries.map((entry) => entry.replace(/^(DNS|IP Address):/, ''));
}

/** @param {string | Date} date */
function isoDate(date) {
  return new Date(date).toISOString().replace('.000', '');
}

module.exports = { describeCertificateFailure };
