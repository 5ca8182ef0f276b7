// @ts-check
'use strict';

/**
 * What to say where CONNECT got no answer behind a TLS 1.3 handshake (contract edge-gateway.md §2.11). The client sends it
 * behind a pause, and once more behind a longer one.
 */
const EARLY_CONNECT = Object.freeze({
  cause: 'edgeHub 1.6.0 and 1.6.1 lose a CONNECT that closely follows the TLS 1.3 handshake',
  wayOut:
    'update the gateway to an edgeHub later than 1.6.1, or set SslProtocols=tls1.2 in the environment of edgeHub, or ' +
    'connect with MqttWs (WebSocket, port 443)',
});

module.exports = { EARLY_CONNECT };
