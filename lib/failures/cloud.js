// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');
const { leafOf, listed, nameOf, namesOf, issuerOf } = require('./presented');

/** @typedef {import('./connection_failure').Row} Row */
/** @typedef {import('./circumstances').Circumstances} Circumstances */

/**
 * What of the rows for gateways holds for servers of the cloud as well, with what to do there: their network is not the
 * app's to mend.
 *
 * @type {Record<string, string | Row['remedy']>}
 */
const REMEDIES = {
  ERR_IOT_PROXY_NOT_FOUND: throughProxy('Check the name of the proxy, and the name servers of this device.'),
  ERR_IOT_PROXY_UNREACHABLE: throughProxy('Check address and port of the proxy, and that it runs.'),
  ERR_IOT_PROXY_AUTH: throughProxy(
    'Write user and password before its host, percent-encoded: http://<user>:<password>@<host>:<port>.',
  ),
  ERR_IOT_PROXY_GATEWAY: throughProxy('The proxy must be able to resolve and reach this host.'),
  ERR_IOT_PROXY_FORBIDDEN: throughProxy('Have this host and port allowed there.'),
  ERR_IOT_PROXY_PAGE: throughProxy('It may be a portal where somebody has to sign in, or a web server.'),
  ERR_IOT_NOT_PROXY: throughProxy('Check its port, and that it is not one for SOCKS.'),
  ERR_IOT_TIMEOUT_PROXY: throughProxy('The proxy may hang, or not reach this host.'),
  ERR_IOT_PROXY_CLOSED: throughProxy('What listens there may be no HTTP proxy, or may be starting.'),
  ERR_IOT_NOT_TLS: 'Something else than an HTTPS server has this port.',
  ERR_IOT_TLS: 'Something on the way may intercept TLS, or the server wants a certificate of the device.',
  ERR_IOT_TIMEOUT_TLS: 'Check what listens on the port, and that no firewall holds TLS back.',
  ERR_IOT_CLOSED_DURING_TLS: 'What listens on that port may not speak TLS, or a firewall cuts it.',
  ERR_IOT_RESET_DURING_TLS:
    'A firewall on the way may cut TLS, or what listens on that port may not speak it.',
  ERR_IOT_NO_TRUST:
    'Install the root certificates of the system (ca-certificates), or set NODE_EXTRA_CA_CERTS.',
  ERR_IOT_CLOCK: 'The clock is behind: set it (NTP), and mind the time zone.',
  ERR_IOT_CERT_NOT_YET_VALID: ({ now }) => `Set the clock of this device, which says ${now.toISOString()}.`,
  ERR_IOT_CERT_EXPIRED: ({ now }) => `Set the clock of this device, which says ${now.toISOString()}.`,
  ERR_IOT_CERT_ROOT_EXPIRED: ({ now }) =>
    `Update the root certificates of the system, or set the clock of this device, which says ${now.toISOString()}.`,
  ERR_IOT_CERT_INVALID: 'Something on the way may answer in its place.',
  ERR_IOT_CONNECTION_REFUSED: 'Check the name, and that no firewall rejects the port.',
  ERR_IOT_UNREACHABLE: 'Check the network of this device: it needs a way to the cloud, as the gateway does.',
  ERR_IOT_TIMEOUT_TCP: 'This device needs a way to the cloud, port 443: check firewalls, or give a proxy.',
  ERR_IOT_CONNECTION_RESET: 'A firewall or another device on the way may cut it.',
};

/**
 * The same by which connections to a gateway fail, for those to the cloud (IoT Hub, blob storage).
 *
 * @type {Row[]}
 */
const ROWS = [
  ...kept(require('./proxy').ROWS),
  ...require('./client_certificate').ROWS,
  {
    kind: 'tls-version',
    code: 'ERR_IOT_TLS_VERSION',
    type: NotConnectedError,
    message: ({ at, detail }) =>
      `The server at ${at} offers no TLS version or cipher suite that is secure: ${detail}`,
    remedy:
      'Something on the way may intercept TLS; the alert HandshakeFailure may mean that it wants a certificate.',
  },
  ...kept(require('./tls').ROWS),
  ...require('./roots').ROWS,
  {
    kind: 'certificate-wrong-name',
    certificate: leafOf,
    code: 'ERR_IOT_CERT_NAME',
    type: NotConnectedError,
    message: ({ at, host }, leaf) =>
      `The certificate of the server at ${at} is not for ${host}: it is for ${listed(namesOf(leaf)) || nameOf(leaf)}`,
    remedy: ({ host }) => `Check where ${host} leads (DNS, /etc/hosts), or who answers in its place.`,
  },
  {
    kind: ['certificate-unknown-issuer', 'certificate-bad-signature'],
    certificate: ({ top }) => top,
    code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    type: NotConnectedError,
    message: ({ at, caIsGiven }, top) =>
      `The chain of the server at ${at} ends at ${nameOf(top)}, issued by ${issuerOf(top)}, which neither the system store ${caIsGiven ? 'nor ca ' : 'nor NODE_EXTRA_CA_CERTS '}knows`,
    remedy:
      'Its roots are the public ones: install those of the system (ca-certificates). A proxy that looks into TLS has a ' +
      'root of its own, which belongs into the system store or NODE_EXTRA_CA_CERTS.',
  },
  ...kept(require('./certificate').ROWS),
  ...kept(require('./issuer').ROWS),
  ...kept(require('./network').ROWS),
  ...require('./network').ROWS,
];

/**
 * @param {Row[]} rows
 * @returns {Row[]} Those that have a remedy here, with it.
 */
function kept(rows) {
  return rows
    .filter(({ code }) => code in REMEDIES)
    .map((row) => ({ ...row, remedy: /** @type {Row['remedy']} */ (REMEDIES[row.code]) }));
}

/**
 * @param {string} remedy
 * @returns {Row['remedy']}
 */
function throughProxy(remedy) {
  return ({ host, target: { proxy } }) => {
    const origin = proxy?.origin ?? '';
    const source = /^https_proxy$/i.test(origin)
      ? `It comes from ${origin}; NO_PROXY=${host} goes around it.`
      : `It comes from the option ${origin}.`;
    return `${remedy} ${source}`;
  };
}

module.exports = { ROWS };
