// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');
const { INTERCEPTOR } = require('./interceptor');
const {
  carries,
  commonName,
  isOfEdgeHub,
  isSelfIssued,
  issuerOf,
  leafOf,
  listed,
  nameOf,
  namesOf,
  originOf,
} = require('./presented');
const { verdictInWords } = require('./verdict_words');
const { isWeak, weaknessOf } = require('./weakness');

/** @typedef {import('./circumstances').Circumstances} Circumstances */
/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

const UNTRUSTED = ['certificate-unknown-issuer', 'certificate-bad-signature'];

/**
 * The verdict on a gateway's certificate: who issued it, and how.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: UNTRUSTED,
    when: isStranger,
    certificate: leafOf,
    code: 'ERR_IOT_NOT_THE_GATEWAY',
    type: NotConnectedError,
    message: ({ at }, leaf) =>
      `What answers at ${at} is not your gateway: its certificate is for ${namesIn(leaf)}, and comes from ${commonName(leaf.issuer)}, which is not trusted`,
    remedy: ({ field }) =>
      `A proxy answers in its place, or another host: check ${field}, and where that name leads (DNS, /etc/hosts). ` +
      'Do not trust what is presented there.',
  },
  {
    kind: UNTRUSTED,
    when: (circumstances) => pinOf(circumstances) !== undefined,
    certificate: leafOf,
    code: 'ERR_IOT_CERT_PIN',
    type: NotConnectedError,
    message: ({ at }, leaf) =>
      `The gateway at ${at} presents another ${nameOf(leaf)} than the server certificate given as ca`,
    remedy: (_, leaf) =>
      'A gateway renews its own every month: give its root certificate as ca, copied from the gateway itself. Compare ' +
      `there, too, what is presented here: its fingerprint is ${leaf.fingerprint256}.`,
  },
  {
    kind: UNTRUSTED,
    certificate: namesakeOf,
    code: 'ERR_IOT_CERT_ROOT_KEY',
    type: NotConnectedError,
    message: ({ top }) =>
      `${nameOf(top)} comes from another ${commonName(top.issuer)} than the one given as ca: same name, other key`,
    remedy: (_, root) =>
      'The root was probably made anew on the gateway, or this is another gateway: copy the current root certificate ' +
      `from the gateway itself. The one given has the fingerprint ${root.fingerprint256}.`,
  },
  {
    kind: ['certificate-bad-signature', 'certificate-invalid'],
    certificate: weakOf,
    code: 'ERR_IOT_CERT_WEAK',
    type: NotConnectedError,
    message: (_, certificate) =>
      `The certificate ${originOf(certificate)} is not secure: ${weaknessOf(certificate)}`,
    remedy: 'Have it made anew with an RSA key of 2048 to 8192 bits, or an EC key, and signed with SHA-256.',
  },
  {
    kind: UNTRUSTED,
    when: isIntercepted,
    certificate: leafOf,
    code: 'ERR_IOT_INTERCEPTED',
    type: NotConnectedError,
    message: ({ at, top, target, proxyAt }) =>
      `The certificate presented at ${at} comes from ${commonName(top.issuer)}, as no gateway has it: TLS may be intercepted${target.proxy ? ` by the proxy at ${proxyAt}` : ''}`,
    remedy:
      'Have this gateway and port exempted in the proxy or firewall on the way, or check that GatewayHostName names ' +
      'the gateway.',
  },
  {
    kind: UNTRUSTED,
    certificate: ({ top }) => top,
    code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    type: NotConnectedError,
    message: (circumstances, top) =>
      `The chain of the gateway ends at ${nameOf(top)}, issued by ${issuerOf(top)}, and ${given(circumstances)}`,
    remedy: whatToTrust,
  },
  {
    kind: 'certificate-invalid',
    when: ({ leaf }) => leaf.ca,
    certificate: leafOf,
    code: 'ERR_IOT_CERT_CA_AS_SERVER',
    type: NotConnectedError,
    message: (_, leaf) => `The gateway presents a CA certificate, ${nameOf(leaf)}, as that of a server`,
    remedy: 'Have it issue a server certificate (CA:FALSE), and present that one first.',
  },
  {
    // Whatever other verdict there is, or will be.
    kind: /^certificate-/,
    certificate: leafOf,
    code: 'ERR_IOT_CERT_INVALID',
    type: NotConnectedError,
    message: ({ detail }, leaf) =>
      `The certificate ${originOf(leaf)} or one above it is not acceptable: ${verdictInWords(detail)}`,
    remedy: 'Have the certificate of the gateway made anew.',
  },
];

/**
 * @param {Circumstances} circumstances
 * @returns {X509Certificate | undefined} The former certificate of this server, where that was given as ca.
 */
function pinOf({ leaf, roots }) {
  return roots.find((root) => !root.ca && root.subject === leaf.subject && !root.raw.equals(leaf.raw));
}

/**
 * @param {Circumstances} circumstances
 * @returns {X509Certificate | undefined} A root that has the name of the issuer, but not its key.
 */
function namesakeOf({ top, roots }) {
  return roots.find((root) => root.subject === top.issuer && !top.verify(root.publicKey));
}

/** @param {Circumstances} circumstances */
function weakOf({ chain, roots, top }) {
  return chain.find(isWeak) ?? roots.find((root) => root.subject === top.issuer && isWeak(root));
}

/**
 * Neither the issuer nor the name is right: then nothing says that it is the gateway, and nothing it says is of use.
 *
 * @param {Circumstances} circumstances
 */
function isStranger(circumstances) {
  const { leaf, host, native } = circumstances;
  const weak = native.kind === 'certificate-bad-signature' && weakOf(circumstances) !== undefined;
  return !carries(leaf, host) && !weak && !isIntercepted(circumstances);
}

/** @param {X509Certificate} leaf */
function namesIn(leaf) {
  const names = namesOf(leaf);
  return names.length > 0 ? listed(names) : nameOf(leaf);
}

/** @param {Circumstances} circumstances */
function isIntercepted({ leaf, chain, target }) {
  const telling = chain.some(({ issuer, subject }) => INTERCEPTOR.test(`${issuer}\n${subject}`));
  // A proxy copies the names of the certificate that it replaces.
  return target.proxy ? telling || !isOfEdgeHub(leaf) : telling && !isOfEdgeHub(leaf);
}

/** @param {Circumstances} circumstances */
function given({ caIsGiven, roots }) {
  if (!caIsGiven) return 'the system store does not know it';
  return `ca holds ${listed(roots.map(nameOf))}`;
}

/** @param {Circumstances} circumstances */
function whatToTrust({ caIsGiven, leaf, top, idiom }) {
  const stranger = isOfEdgeHub(leaf) ? '' : ' Or something else than the gateway answers, such as a proxy.';
  if (isSelfIssued(top)) {
    return `Copy the root certificate from the gateway itself, and give that: ${idiom.giveRoot}. Only if its fingerprint is ${top.fingerprint256} this is your gateway.${stranger}`;
  }
  if (!caIsGiven) {
    return `Copy the root certificate from the gateway itself, and give it: ${idiom.giveRoot}, or install it.${stranger}`;
  }
  return (
    'Either this is not the root of the gateway, or the gateway does not send an intermediate certificate: its edge CA ' +
    `file must hold the chain (device CA, then intermediates).${stranger}`
  );
}

module.exports = { ROWS };
