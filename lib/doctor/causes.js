// @ts-check
'use strict';

/** @typedef {import('../..').Finding['severity']} Severity */

/**
 * Every finding there is, the most likely first: where several are found, the one further up explains those further
 * down. Roughly the order of the connection, because what fails early makes the rest fail; but the cause stands before
 * its consequences (a clock that is behind before the certificate that is not yet valid). `docs/doctor.md` lists the same
 * codes, which never change their meaning.
 *
 * @type {Readonly<Record<string, Severity>>}
 */
const CAUSES = Object.freeze({
  // The connection string.
  'connection-string-other': 'problem',
  'connection-string-of-service': 'problem',
  'connection-string-cut': 'problem',
  'connection-string-wrapped': 'problem',
  'connection-string-placeholder': 'problem',
  'connection-string-malformed': 'problem',
  'connection-string-separator': 'problem',
  'connection-string-field-missing': 'problem',
  'connection-string-field-misspelt': 'problem',
  'connection-string-field-duplicate': 'problem',
  'connection-string-space': 'problem',
  'connection-string-field-unknown': 'problem',
  'credential-missing': 'problem',
  'credential-conflict': 'problem',
  'key-not-base64': 'problem',
  'device-id-unusable': 'problem',
  'module-certificate': 'problem',
  'gateway-is-hub': 'problem',
  'gateway-missing': 'problem',
  'gateway-name-unusable': 'problem',
  'gateway-port-invalid': 'problem',

  // The root certificate given.
  'ca-not-found': 'problem',
  'ca-private-key': 'problem',
  'ca-no-certificate': 'problem',
  'ca-broken': 'problem',

  // What the device proves itself by.
  'client-certificate-missing': 'problem',
  'client-certificate-not-found': 'problem',
  'client-certificate-broken': 'problem',
  'client-key-not-found': 'problem',
  'client-key-broken': 'problem',
  'client-key-locked': 'problem',
  'client-key-type': 'problem',
  'client-key-mismatch': 'problem',
  'client-certificate-expired': 'problem',
  'client-certificate-not-yet-valid': 'problem',

  // The proxy.
  'proxy-invalid': 'problem',
  'proxy-not-found': 'problem',
  'proxy-unreachable': 'problem',
  'proxy-auth': 'problem',
  'proxy-forbidden': 'problem',
  'proxy-page': 'problem',
  'proxy-not-http': 'problem',
  'proxy-gateway': 'problem',
  'proxy-silent': 'problem',
  'proxy-cut': 'problem',

  // Name and network.
  'name-not-found': 'problem',
  'name-unresolved': 'problem',
  'name-is-this-device': 'problem',
  'port-wrong': 'problem',
  'port-binding-missing': 'problem',
  'port-refused': 'problem',
  'port-filtered': 'problem',
  'host-unreachable': 'problem',
  'host-silent': 'problem',
  'port-failed': 'problem',

  // TLS.
  'tls-plain-mqtt': 'problem',
  'tls-web-server': 'problem',
  'tls-other-service': 'problem',
  'tls-silent': 'problem',
  'tls-cut': 'problem',
  'tls-version': 'problem',
  'tls-cipher': 'problem',
  'client-certificate-required': 'problem',
  'client-certificate-refused': 'problem',
  'tls-failed': 'problem',

  // The certificates.
  'certificate-of-hub': 'problem',
  interception: 'problem',
  'not-the-gateway': 'problem',
  'clock-behind': 'problem',
  'clock-ahead': 'problem',
  'ca-is-server-certificate': 'problem',
  'root-replaced': 'problem',
  'intermediate-replaced': 'problem',
  'intermediate-missing': 'problem',
  'root-not-given': 'problem',
  'root-wrong': 'problem',
  'ca-expired': 'problem',
  'ca-not-yet-valid': 'problem',
  'root-limited': 'problem',
  'intermediate-expired': 'problem',
  'certificate-expired': 'problem',
  'certificate-not-yet-valid': 'problem',
  'certificate-without-names': 'problem',
  'address-as-dns-name': 'problem',
  'address-not-in-certificate': 'problem',
  'name-differs': 'problem',
  'intermediate-not-ca': 'problem',
  'names-not-permitted': 'problem',
  'critical-extension': 'problem',
  'certificate-is-ca': 'problem',
  'certificate-purpose': 'problem',
  'certificate-version': 'problem',
  'certificate-weak': 'problem',
  'path-length': 'problem',
  'chain-too-long': 'problem',
  'certificate-invalid': 'problem',

  // AMQP.
  'not-amqp': 'problem',
  'amqp-other-broker': 'problem',
  'amqp-silent': 'problem',

  // Who the device is.
  'token-malformed': 'problem',
  'token-encoding': 'problem',
  'token-milliseconds': 'problem',
  'token-expired': 'problem',
  'token-other-device': 'problem',
  'token-audience': 'problem',
  'web-socket-refused': 'problem',
  'web-socket-missing': 'problem',
  'web-socket-broken': 'problem',
  'web-socket-silent': 'problem',
  'web-socket-cut': 'problem',
  'client-certificate-name': 'problem',
  'client-certificate-chain': 'problem',
  'client-certificate-thumbprint': 'problem',
  'client-certificate-untrusted': 'problem',
  'audience-refused': 'problem',
  'policy-key': 'problem',
  'client-id-refused': 'problem',
  'credentials-refused': 'problem',
  'device-unknown': 'problem',
  'token-refused': 'problem',
  'key-refused': 'problem',
  'connect-unanswered': 'problem',
  'gateway-unavailable': 'problem',
  'protocol-version': 'problem',
  'connect-closed': 'problem',
  'not-a-gateway': 'problem',
  'connect-failed': 'problem',

  // Once connected.
  'send-lost': 'problem',
  'send-unacknowledged': 'problem',
  'taken-over': 'problem',
  'closed-after-connack': 'problem',
  'gateway-restarts': 'problem',

  // Nothing of the above.
  'connection-string-refused': 'problem',
  unexplained: 'problem',

  'clock-differs': 'warning',
  'connect-lost-early': 'warning',
  'address-dead': 'warning',
  'gateway-name-form': 'warning',
  'hub-name-unusual': 'warning',
  'key-length': 'warning',
  'certificate-pinned': 'warning',
  'ca-some-invalid': 'warning',
  'ca-expires-soon': 'warning',
  'certificate-expires-soon': 'warning',
  'token-expires-soon': 'warning',

  'proxy-ignored': 'note',
});

/**
 * @param {string} code One of `CAUSES`.
 * @param {object} told
 * @param {string} told.title One line.
 * @param {string} told.explanation
 * @param {string} told.remedy
 * @param {string} [told.command]
 * @param {Record<string, string | number | boolean | string[] | undefined>} [told.evidence] What is undefined is left out.
 * @returns {Omit<import('../..').Finding, 'step'>}
 */
function finding(code, { title, explanation, remedy, command, evidence = {} }) {
  const present = Object.entries(evidence).filter(([, value]) => value !== undefined);
  return {
    code,
    severity: CAUSES[code],
    title: title.replace(/\s*[\r\n]+\s*/g, ' '),
    explanation,
    remedy,
    ...(command !== undefined && { command }),
    evidence: /** @type {import('../..').Finding['evidence']} */ (Object.fromEntries(present)),
  };
}

const SEVERITIES = ['problem', 'warning', 'note'];
const CODES = Object.keys(CAUSES);

/**
 * @template {{ code: string, severity: string }} F
 * @param {F[]} findings
 * @returns {F[]} The most likely first.
 */
function byLikelihood(findings) {
  const rank = (/** @type {F} */ { code, severity }) =>
    SEVERITIES.indexOf(severity) * CODES.length + CODES.indexOf(code);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

module.exports = { CAUSES, finding, byLikelihood };
