'use strict';

// A device that a test stops and continues: prints what becomes of its connection.

const { Session } = require('../../lib/session/session');
const { readTrust } = require('../../lib/tls/trust');

const { request, limits, ca } = JSON.parse(process.env.DEVICE);
const session = new Session(
  {
    state: ({ kind, failure }) => console.log(failure ? `${kind} ${failure.kind}` : kind),
    message: () => {},
  },
  limits,
);
session.connect({ ...request, ...readTrust(ca) });
// Keeps the process alive, and the session, which nobody else holds here.
setInterval(() => session.counts(), 1000);
