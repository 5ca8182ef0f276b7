'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { X509Certificate } = require('node:crypto');
const { inspect } = require('node:util');
const { createChain } = require('../../gateway');
const { clientClosed } = require('../../lib/connection/closed');
const { connectionFailure, explain } = require('../../lib/failures/connection_failure');
const { MqttIdentity } = require('../../lib/mqtt/identity');
const { withDelivery } = require('../../lib/session/operation_failure');
const { CLIENT, DEVICE } = require('../../lib/vocabulary/idiom');
const { SMALL, assertTold } = require('../bad_input/telling');
const { namesInCore } = require('./sources');

/** Whatever the core reports is told in one way. Here what no test can bring about over a socket, too. */

const TARGET = { host: 'gateway.local', port: 8883, clientId: 'd1', roots: [], systemRoots: true };

const PROXIED = { ...TARGET, proxy: { host: 'proxy.local', port: 3128, origin: 'HTTPS_PROXY' } };

/** @returns {any} A failure as the core reports it. */
function failureOf(kind, stage, more = {}) {
  return { kind, stage, detail: 'the words below', chain: [], elapsedMs: 12, ...more };
}

const stages = namesInCore('Stage');
const kinds = [...namesInCore('Kind'), ...namesInCore('CertificateFault')];

test('every kind at every stage has a code of its own, and at most the catch-all of its sort the last', async () => {
  assert.deepEqual(stages, ['proxy', 'tunnel', 'resolve', 'tcp', 'tls', 'upgrade', 'connack', 'connected']);
  assert.ok(kinds.length >= 24, kinds.join());
  const chain = new X509Certificate((await createChain(SMALL)).serverPem).raw;
  for (const kind of kinds) {
    for (const stage of stages) {
      const presented = kind.startsWith('certificate-') ? [chain] : [];
      const { code } = explain(failureOf(kind, stage, { chain: presented }), TARGET);
      assert.match(code, /^ERR_IOT_[A-Z0-9_]+$/);
      if (kind !== 'certificate-invalid') assert.notEqual(code, 'ERR_IOT_CERT_INVALID', kind);
      // A deadline belongs to the stages that have one, and so on for what cannot be.
      if (kind !== 'io') assert.notEqual(code, 'ERR_IOT_NETWORK', `${kind} at ${stage}`);
    }
  }
});

test('a kind that is not known yet is told in the words of the core', () => {
  const error = connectionFailure(failureOf('quantum', 'tcp'), TARGET);
  assertTold(error, {
    type: 'NotConnectedError',
    code: 'ERR_IOT_NETWORK',
    names: ['gateway.local:8883', 'the words below'],
    cause: /^the words below$/,
  });
});

test('hints speak of the functions that the app has', async () => {
  const chain = new X509Certificate((await createChain(SMALL)).serverPem).raw;
  const expired = 'SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=eA%3D%3D&se=1';
  const hints = { CLIENT: new Set(), DEVICE: new Set() };
  for (const [name, idiom] of Object.entries({ CLIENT, DEVICE })) {
    for (const kind of kinds) {
      for (const stage of stages) {
        for (const code of [undefined, 3, 5]) {
          const target = { ...TARGET, idiom, password: expired };
          const presented = kind.startsWith('certificate-') ? [chain] : [];
          hints[name].add(connectionFailure(failureOf(kind, stage, { chain: presented, code }), target).hint);
        }
      }
    }
    hints[name].add(clientClosed(idiom).hint);
  }
  const foreign = { CLIENT: /\bconnect\(/, DEVICE: /\b(open|setOptions|updateSharedAccessSignature)\(/ };
  for (const [name, all] of Object.entries(hints)) {
    for (const hint of all) assert.doesNotMatch(hint, foreign[name]);
  }
  const own = { CLIENT: foreign.DEVICE, DEVICE: foreign.CLIENT };
  for (const [name, all] of Object.entries(hints)) {
    assert.ok([...all].filter((hint) => own[name].test(hint)).length >= 3, 'some name a function');
  }
});

test('a missing GatewayHostName is called missing, whatever failed before there was a connection', () => {
  const identity = new MqttIdentity({ host: 'hub.azure-devices.net', deviceId: 'd1' });
  const hub = { ...TARGET, ...identity.endpoint(8883) };
  for (const [kind, stage] of [
    ['name-not-found', 'resolve'],
    ['timed-out', 'tcp'],
    ['certificate-unknown-issuer', 'tls'],
    ['refusal', 'connack'],
  ]) {
    assert.match(
      connectionFailure(failureOf(kind, stage, { code: 5 }), hub).hint,
      /^There is no GatewayHostName/,
    );
    for (const meant of [
      { ...hub, field: 'GatewayHostName' },
      { ...hub, host: 'gateway.local' },
    ]) {
      const { hint } = connectionFailure(failureOf(kind, stage, { code: 5 }), meant);
      assert.doesNotMatch(hint, /no GatewayHostName/);
    }
  }
  assert.doesNotMatch(connectionFailure(failureOf('closed', 'connected'), hub).hint, /GatewayHostName/);
  const direct = { ...TARGET, field: 'HostName' };
  assert.match(connectionFailure(failureOf('name-not-found', 'resolve'), direct).hint, /^Check HostName/);
});

test('what the layer below said goes with the error to each operation, and is printed once', () => {
  const lost = connectionFailure(failureOf('reset', 'connected'), TARGET);
  const error = withDelivery(lost, 'unknown');
  assert.equal(error.delivery, 'unknown');
  assert.equal(error.transportError, lost.transportError);
  assert.equal(error.cause, error.transportError);
  assert.equal(inspect(error).split('the words below').length, 2);
});

test('a certificate that cannot be read is told as such, whatever the verdict', () => {
  for (const kind of namesInCore('CertificateFault')) {
    const error = connectionFailure(failureOf(kind, 'tls', { chain: [Buffer.from('3003', 'hex')] }), TARGET);
    assert.equal(error.code, 'ERR_IOT_CERT_UNREADABLE');
    assert.equal('certificate' in error, false);
  }
});

/** By code: kind, stage, what the message names, and what else is known. */
const told = {
  ERR_IOT_NAME_RESOLUTION: ['name-temporary', 'resolve', ['"gateway.local"', 'at the moment']],
  ERR_IOT_HOST_NOT_FOUND: ['name-not-found', 'resolve', ['"gateway.local"']],
  ERR_IOT_TIMEOUT_RESOLVE: [
    'timed-out',
    'resolve',
    ['gateway.local:8883', 'after 20 s', 'name server'],
    20_004,
  ],
  ERR_IOT_TIMEOUT_TCP: ['timed-out', 'tcp', ['gateway.local:8883', 'after 9999 ms'], 9_999],
  ERR_IOT_TIMEOUT_CONNECTED: ['timed-out', 'connected', ['gateway.local:8883']],
  ERR_IOT_UNREACHABLE: ['unreachable', 'tcp', ['gateway.local:8883']],
  ERR_IOT_NETWORK: ['io', 'tcp', ['gateway.local:8883', 'the words below']],
  ERR_IOT_KEEP_ALIVE: ['silent', 'connected', ['gateway.local:8883', '60 s after a PINGREQ'], 60_000],
  ERR_IOT_CONNECT_UNANSWERED: [
    'unanswered',
    'connack',
    ['gateway.local:8883', 'two connections', 'within 130 s'],
    130_000,
  ],
  ERR_IOT_ANSWER_LOST: ['unanswered', 'connected', ['gateway.local:8883', '"d1"', 'for 30 s'], 30_000],
  ERR_IOT_INTERNAL: ['internal', 'connected', ['gateway.local:8883', '"d1"']],
  ERR_IOT_NO_TRUST: ['no-roots', 'tls', ['root certificate']],
  ERR_IOT_TLS: ['tls', 'tls', ['gateway.local:8883', 'the words below']],
  ERR_IOT_TLS_BROKEN: ['tls', 'connected', ['gateway.local:8883', 'the words below']],
  ERR_IOT_PROXY_NOT_FOUND: ['name-not-found', 'proxy', ['proxy.local:3128']],
  ERR_IOT_PROXY_UNREACHABLE: ['timed-out', 'proxy', ['proxy.local:3128', 'the words below']],
  ERR_IOT_TIMEOUT_PROXY: ['timed-out', 'tunnel', ['gateway.local:8883', 'proxy.local:3128', '20 s'], 20_001],
  ERR_IOT_TIMEOUT_UPGRADE: ['timed-out', 'upgrade', ['gateway.local:8883', '30 s'], 30_001],
  ERR_IOT_CLOSED_DURING_UPGRADE: ['reset', 'upgrade', ['gateway.local:8883', 'reset']],
  ERR_IOT_PROTOCOL: ['malformed', 'connected', ['gateway.local:8883', 'the words below']],
};

for (const [code, [kind, stage, names, elapsedMs = 12]] of Object.entries(told)) {
  test(`${kind} at ${stage} is ${code}`, () => {
    const proxied = stage === 'proxy' || stage === 'tunnel';
    const error = connectionFailure(failureOf(kind, stage, { elapsedMs }), proxied ? PROXIED : TARGET);
    assertTold(error, { type: 'NotConnectedError', code, names, cause: /the words below/ });
    assert.equal(error.stage, stage);
  });
}

test('the number of the operating system is kept', () => {
  const error = connectionFailure(failureOf('io', 'tcp', { osError: 24 }), TARGET);
  assert.equal(error.cause.errno, 24);
});

test('an IPv6 address stands in brackets', () => {
  const error = connectionFailure(failureOf('refused', 'tcp'), { ...TARGET, host: '::1' });
  assert.match(error.message, /at \[::1\]:8883:/);
});

/** What the time until CONNACK 5 suggests (contract edge-gateway.md §7). */
for (const [elapsedMs, after, suggested] of [
  [3, '3 ms', /SharedAccessKey.*HostName.*DeviceId.*quick/],
  [4_200, '4200 ms', /exists.*enabled.*parent.*slow.*, then SharedAccessKey/],
  [100_300, '100 s', /exists.*parent.*slow.*, and that the gateway reaches IoT Hub/],
]) {
  test(`CONNACK 5 after ${after}`, () => {
    const error = connectionFailure(failureOf('refusal', 'connack', { code: 5, elapsedMs }), TARGET);
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_NOT_AUTHORIZED',
      names: ['"d1"', `after ${after}`],
      hint: suggested,
      cause: /./,
    });
    assert.equal(error.returnCode, 5);
  });
}

test('an end instead of CONNACK suggests something else when it comes late', () => {
  const [soon, late] = [5, 30_000].map((elapsedMs) =>
    connectionFailure(failureOf('closed', 'connack', { elapsedMs }), TARGET),
  );
  assert.match(soon.message, /closed the connection 5 ms after CONNECT/);
  assert.match(soon.hint, /soon.*IoT Edge gateway/);
  assert.match(late.message, /30 s after CONNECT/);
  assert.match(late.hint, /late.*restarted/);
});

test('a clock that was never set is told before anything that depends on it', () => {
  const now = new Date('1970-01-01T00:02:03Z');
  const password = `SharedAccessSignature sr=h%2Fdevices%2Fother&sig=secret&se=1`;
  const native = failureOf('refusal', 'connack', { code: 5 });
  const error = connectionFailure(native, { ...TARGET, password }, { now });
  assertTold(error, {
    type: 'UnauthorizedError',
    code: 'ERR_IOT_CLOCK',
    names: ['1970-01-01T00:02:03Z', '"d1"', 'CONNACK 5'],
    hint: /clock.*NTP/,
    cause: /./,
    secrets: ['secret'],
  });
});

test('a certificate of tomorrow is a matter of the clock, one of next year of the certificate', async () => {
  const notBefore = new Date('2031-05-01T00:00:00Z');
  const notAfter = new Date('2031-06-01T00:00:00Z');
  const chain = await createChain({ ...SMALL, certificates: { server: { notBefore, notAfter } } });
  const native = failureOf('certificate-not-yet-valid', 'tls', {
    chain: [new X509Certificate(chain.serverPem).raw],
  });
  for (const [now, code] of [
    ['2031-04-30T00:00:01Z', 'ERR_IOT_CLOCK'],
    ['2031-04-29T00:00:00Z', 'ERR_IOT_CERT_NOT_YET_VALID'],
    ['2000-01-01T00:00:00Z', 'ERR_IOT_CLOCK'],
  ]) {
    const error = connectionFailure(native, TARGET, { now: new Date(now) });
    const names = ['CN=localhost', 'CN=edge.ca', '2031-05-01T00:00:00Z'];
    assertTold(error, { type: 'NotConnectedError', code, names, hint: /clock/, cause: /./ });
    assert.equal(error.certificate.validFrom, '2031-05-01T00:00:00Z');
  }
});

test('a token that has expired explains why a connection ends', () => {
  const se = Date.parse('2026-03-01T10:00:00Z') / 1000;
  const target = { ...TARGET, password: `SharedAccessSignature sr=h%2Fdevices%2Fd1&sig=secret&se=${se}` };
  const hintAt = (now) =>
    connectionFailure(failureOf('closed', 'connected'), target, { now: new Date(now) }).hint;
  assert.match(hintAt('2026-03-01T10:05:00Z'), /expired on 2026-03-01T10:00:00Z/);
  assert.doesNotMatch(hintAt('2026-03-01T09:00:00Z'), /expired/);
});

test('a take-over is suspected where the gateway ended several short lives, and not of a bad line', () => {
  const codeOf = (kind, shortLives) => explain(failureOf(kind, 'connected'), TARGET, { shortLives }).code;
  assert.equal(codeOf('closed', 0), 'ERR_IOT_CONNECTION_CLOSED');
  assert.equal(codeOf('closed', 3), 'ERR_IOT_TAKEN_OVER');
  assert.equal(codeOf('reset', 3), 'ERR_IOT_CONNECTION_RESET');
});

test('a gateway that ends the connection at each message is not taken for a second client', () => {
  for (const kind of ['closed', 'reset']) {
    const error = connectionFailure(failureOf(kind, 'connected'), TARGET, { shortLives: 3, unstored: 3 });
    assert.equal(error.code, 'ERR_IOT_NOT_STORED');
    assert.match(error.message, /3 times/);
    assert.match(error.hint, /disk/);
    assert.doesNotMatch(error.hint, /another client/i);
  }
});

/** By what was given as ca: how the command ends. */
const commands = {
  nothing: [{}, ''],
  'an empty text': [{ ca: '' }, ''],
  'a path': [{ ca: './certs/root.pem' }, ' --ca ./certs/root.pem'],
  'a path of Windows': [{ ca: 'C:\\certs\\root.pem' }, ' --ca C:\\certs\\root.pem'],
  'a path with spaces': [{ ca: "/my certs/it's.pem" }, " --ca '/my certs/it'\\''s.pem'"],
  'an array with a path': [{ ca: ['root.pem'] }, ' --ca root.pem'],
  'PEM text': [{ ca: '-----BEGIN CERTIFICATE-----' }, ' --ca <file>'],
  bytes: [{ ca: Buffer.from('x') }, ' --ca <file>'],
  'two paths': [{ ca: ['a.pem', 'b.pem'] }, ' --ca <file>'],
  'a path, over WebSockets': [{ ca: 'root.pem', protocol: 'ws' }, ' --ca root.pem --protocol ws'],
};

for (const [name, [given, end]] of Object.entries(commands)) {
  test(`the hint ends with the doctor's command, where ca is ${name}`, () => {
    const { hint } = connectionFailure(failureOf('refused', 'tcp'), { ...TARGET, ...given });
    assert.ok(hint.endsWith(`. Run: npx edge-downstream doctor${end}`), hint);
  });
}
