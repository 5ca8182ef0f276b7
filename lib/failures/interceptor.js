// @ts-check
'use strict';

/**
 * What the issuers are called whose certificates stand in the place of a server's: products that inspect TLS, words for
 * them, and public authorities, which issue none to gateways (contract edge-gateway.md §10.2, row 16).
 */
const INTERCEPTOR = new RegExp(
  '\\b(zscaler|netskope|forti(net|gate)|palo ?alto|blue ?coat|symantec|sophos|check ?point|barracuda|umbrella|' +
    'mcafee|trellix|skyhigh|websense|forcepoint|watchguard|sonicwall|mitmproxy|fiddler|portswigger|kaspersky|avast|' +
    'bitdefender|(web|tls|ssl|https?)?[ -]?proxy|firewall|inspection|decryption|interception|' +
    "let's encrypt|isrg|digicert|sectigo|globalsign|entrust|godaddy|google trust services)\\b",
  'i',
);

module.exports = { INTERCEPTOR };
