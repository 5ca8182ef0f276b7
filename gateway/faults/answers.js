// @ts-check
'use strict';

const PAGE =
  '<html><head><title>400 Bad Request</title></head><body>This port expects an HTTP request.</body></html>\n';

/** What an HTTP proxy answers to bytes that are no HTTP. */
const HTTP = Buffer.from(
  'HTTP/1.1 400 Bad Request\r\nServer: proxy\r\nContent-Type: text/html\r\n' +
    `Content-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`,
);

/** Nonsense of a middle box: no TLS record, no HTTP, no MQTT. Always the same, so that a failure can be repeated. */
const GARBAGE = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 167 + 89) & 0xff));

module.exports = { GARBAGE, HTTP };
