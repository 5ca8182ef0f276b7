// @ts-check
'use strict';

/**
 * Alerts by which a client ends a TLS handshake (RFC 8446 §6), by OpenSSL's codes, in plain words.
 * @type {Record<string, string>}
 */
const ALERTS = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the client does not trust the root of the certificate (alert unknown_ca)',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the client does not accept the certificate (alert bad_certificate)',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    'the client does not accept this kind of certificate (alert unsupported_certificate)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    'the certificate, or one above it, has expired by the clock of the client (alert certificate_expired)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED:
    'the client holds the certificate for revoked (alert certificate_revoked)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    'the client does not accept the certificate, and does not say why (alert certificate_unknown)',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the client has no cipher or signature in common with the gateway (alert handshake_failure)',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION:
    'the client does not speak this version of TLS (alert protocol_version)',
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR:
    'the client does not accept a signature of the handshake (alert decrypt_error)',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'the client failed at the handshake (alert internal_error)',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'the client refused the gateway (alert access_denied)',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME:
    'the client does not accept the name of the gateway (alert unrecognized_name)',
};

/** What the gateway itself objects to. @type {Record<string, string>} */
const OBJECTIONS = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no version of TLS in common with the client (unsupported protocol)',
  ERR_SSL_NO_SHARED_CIPHER: 'no cipher in common with the client (no shared cipher)',
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS:
    'no signature in common with the client (no shared signature algorithms)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what the client sent is no TLS (wrong version number)',
  ERR_SSL_UNEXPECTED_MESSAGE: 'what the client sent is no TLS handshake (unexpected message)',
  ERR_SSL_HTTP_REQUEST: 'what the client sent is no TLS but HTTP (http request)',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    'the client sent no certificate, and this gateway requires one (peer did not return a certificate)',
};

/** What a client did that sent nothing of its own. */
const LOOKS = {
  port: 'the client connected and left, as one does that looks whether the port is open',
  certificate:
    'the client left after the TLS handshake without a word: it does not accept the certificate, as clients in ' +
    'Node.js do not say, or only looked at it',
};

/**
 * Why a client is gone, for people.
 * @param {Error | undefined} error undefined: it closed the connection
 * @param {object} connection
 * @param {boolean} connection.handshakeDone
 * @param {boolean} connection.heard whether anything came, on TCP before the handshake is done, behind it after that
 * @returns {{ reason: string, look?: keyof typeof LOOKS }}
 */
function lossOf(error, { handshakeDone, heard }) {
  if (!error && !heard) {
    const look = handshakeDone ? 'certificate' : 'port';
    return { reason: LOOKS[look], look };
  }
  if (!handshakeDone) return { reason: handshakeFailure(error) };
  return { reason: error ? error.message : 'connection lost' };
}

/**
 * @param {NodeJS.ErrnoException | undefined} error
 * @returns {string}
 */
function handshakeFailure(error) {
  const { code = '' } = error ?? {};
  const known = ALERTS[code] ?? OBJECTIONS[code];
  if (known !== undefined) return known;
  if (error && code !== 'ECONNRESET') return error.message;
  return (
    `the client ${error ? 'broke off' : 'ended'} the connection within the handshake, ` +
    'as many do that do not trust the certificate'
  );
}

module.exports = { lossOf };
