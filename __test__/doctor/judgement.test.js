'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { byLikelihood } = require('../../lib/doctor/causes');
const { readConnectionString } = require('../../lib/doctor/connection_string_reading');
const { identify } = require('../../lib/doctor/identity');
const { judgeAuthority } = require('../../lib/doctor/judgement/ca');
const { judgeClock } = require('../../lib/doctor/judgement/clock');
const { judgeConnect } = require('../../lib/doctor/judgement/connect');
const { judgeConnectionString } = require('../../lib/doctor/judgement/connection_string');
const { judgeName } = require('../../lib/doctor/judgement/name');
const { judgePort } = require('../../lib/doctor/judgement/port');
const { judgeStay } = require('../../lib/doctor/judgement/stay');
const { judgeTls } = require('../../lib/doctor/judgement/tls');
const { judgeToken } = require('../../lib/doctor/judgement/token');
const { judgeWhole } = require('../../lib/doctor/judgement/whole');
const { readToken } = require('../../lib/doctor/token_reading');
const { word } = require('../../lib/doctor/shell');
const { KEY } = require('./surroundings');

/** What no machine can be brought into for a test, and the finer differences: judgements over planted facts. */

const codes = (findings) => findings.map(({ code }) => code);
const connectionString = {
  hub: 'hub.azure-devices.net',
  deviceId: 'd1',
  gateway: 'gw',
  host: 'gw',
  port: 8883,
  protocol: 'mqtt',
  faults: [],
};

describe('the connection string', () => {
  const good = `HostName=hub.azure-devices.net;DeviceId=d1;SharedAccessKey=${KEY};GatewayHostName=gw`;
  const told = {
    [good]: [],
    [`${good};`]: [],
    [good.replace('DeviceId=d1', 'DeviceId=')]: [
      'connection-string-malformed',
      'connection-string-field-missing',
    ],
    [good.replace('HostName=hub.azure-devices.net;', '')]: ['connection-string-field-missing'],
    [good.replace('GatewayHostName', 'gatewayHostname')]: ['connection-string-field-misspelt'],
    [`${good};DeviceId=d2`]: ['connection-string-field-duplicate'],
    [`${good};Colour=red`]: ['connection-string-field-unknown'],
    [good.replace('DeviceId=d1', 'DeviceId= d1 ')]: ['connection-string-space'],
    [good.replace(';GatewayHostName', ' GatewayHostName')]: ['connection-string-separator'],
    [good.replace(';GatewayHostName', 'GatewayHostName')]: ['connection-string-separator'],
    [good.replace(`SharedAccessKey=${KEY};`, '')]: ['credential-missing'],
    [`${good};x509=true`]: ['credential-conflict'],
    [good.replace(`SharedAccessKey=${KEY}`, 'x509=true')]: [],
    [good.replace('DeviceId=d1', 'DeviceId=a+b')]: ['device-id-unusable'],
    [`${good};ModuleId=m`]: [],
    [`HostName: h\nSharedAccessKey: ${KEY}\nDeviceId: d1`]: ['connection-string-malformed'],
    [good.replace(KEY, `<${KEY}>`)]: ['key-not-base64'],
    [good.replace(KEY, '<key>')]: ['connection-string-placeholder'],
    [good.replace('=gw', '=gw_1')]: ['gateway-name-form'],
    [good.replace('=gw', '=gw.')]: ['gateway-name-form'],
    [good.replace('=gw', '=gw/path')]: ['gateway-name-unusable'],
    [good.replace('=gw', '=gw:99999')]: ['gateway-port-invalid'],
    [good.replace('=gw', '=1.2.3')]: ['gateway-name-unusable'],
    [good.replace('hub.azure-devices.net', 'hub')]: ['hub-name-unusual'],
    [good.replace(KEY, 'c2hvcnQ=')]: ['key-length'],
    [good.replace(';SharedAccessKey', ' sharedaccesskey')]: [
      'connection-string-separator',
      'connection-string-field-misspelt',
    ],
    [good.replace(';SharedAccessKey=', '|SharedAccessSignature sr=a&sig=')]: [
      'connection-string-separator',
      'credential-missing',
    ],
    [good.replace('HostName=hub.azure-devices.net', `HostName=${KEY}`).replace(/SharedAccessKey=[^;]*;/, '')]:
      ['connection-string-separator', 'credential-missing', 'gateway-name-unusable', 'hub-name-unusual'],
  };
  for (const [source, expected] of Object.entries(told)) {
    it(`${source.replaceAll(KEY, '…')}: ${expected.join(', ') || 'nothing'}`, () => {
      const { fields, faults } = readConnectionString(source, false);
      const identity = identify(fields, faults, 8883);
      const findings = judgeConnectionString({ connectionString: { ...identity, protocol: 'mqtt', faults } });
      assert.deepEqual(codes(byLikelihood(findings)), expected);
      assert.ok(!JSON.stringify([identity, faults, findings]).includes(KEY));
    });
  }

  it('is corrected where the meaning is plain', () => {
    const { fields } = readConnectionString(` "${good.replace('DeviceId=', 'deviceid = ')}"\n`, false);
    assert.deepEqual(
      { ...fields },
      {
        HostName: 'hub.azure-devices.net',
        DeviceId: 'd1',
        SharedAccessKey: KEY,
        GatewayHostName: 'gw',
      },
    );
  });
});

describe('the name', () => {
  for (const [error, expected] of Object.entries({
    ENOTFOUND: 'name-not-found',
    ENODATA: 'name-not-found',
    EAI_AGAIN: 'name-unresolved',
    ETIMEOUT: 'name-unresolved',
  })) {
    it(`${error} is ${expected}`, () => {
      assert.deepEqual(codes(judgeName({ name: { host: 'gw', addresses: [], error } })), [expected]);
    });
  }
});

describe('the port', () => {
  const attempt = (outcome, address = '10.0.0.1', port = 8883) => ({ outcome, address, port, ms: 5 });
  const judge = (attempts, others, more) =>
    codes(judgePort({ connectionString, port: { port: 8883, attempts, others, ...more } }));

  it('that is silent while others refuse is filtered; where all are silent, so is the host', () => {
    assert.deepEqual(judge([attempt('timed-out')], [attempt('refused', '10.0.0.1', 443)]), ['port-filtered']);
    assert.deepEqual(judge([attempt('timed-out')], [attempt('timed-out', '10.0.0.1', 443)]), ['host-silent']);
  });

  it('of one of several addresses is a warning if it fails', () => {
    assert.deepEqual(judge([attempt('unreachable', '::1'), attempt('open')], []), ['address-dead']);
  });

  it('that fails otherwise is told with the reason', () => {
    assert.deepEqual(judge([{ ...attempt('failed'), error: 'EACCES' }], []), ['port-failed']);
  });

  it('that fails while a proxy is configured gets a note on that', () => {
    const found = judge([attempt('timed-out')], [], { proxy: 'ALL_PROXY' });
    assert.deepEqual(found, ['host-silent', 'proxy-ignored']);
  });
});

describe('the clock', () => {
  const clock = (now, aheadMs) => ({
    now,
    ...(aheadMs !== undefined && { aheadMs, witness: { source: 'http://gw', time: '2026-01-01T00:00:00Z' } }),
  });
  const HOUR = 3_600_000;

  it('before this package was is behind', () => {
    assert.deepEqual(codes(judgeClock({ clock: clock('1970-01-01T00:03:00Z') })), ['clock-behind']);
  });

  it('that differs harms where the certificate is refused, or tokens expire as they are made', () => {
    const refused = { presented: [], path: [], verified: false };
    const judge = (aheadMs, certificate) =>
      codes(judgeClock({ clock: clock('2026-01-01T00:00:00Z', aheadMs), certificate }));
    assert.deepEqual(judge(HOUR / 2, refused), ['clock-ahead']);
    assert.deepEqual(judge(HOUR / 2, undefined), ['clock-differs']);
    assert.deepEqual(judge(-HOUR / 2, undefined), ['clock-differs']);
    assert.deepEqual(judge(-2 * HOUR, undefined), ['clock-behind']);
    assert.deepEqual(judge(1000, undefined), []);
  });
});

describe('a token that was given', () => {
  const judge = (token, now = '2026-01-01T00:00:00Z') =>
    codes(judgeToken({ connectionString, clock: { now }, token: { made: false, ...readToken(token) } }));
  const SE = Date.parse('2026-01-01T01:00:00Z') / 1000;
  const good = `SharedAccessSignature sr=hub.azure-devices.net%2Fdevices%2Fd1&sig=abc%3D&se=${SE}`;
  const cases = {
    [good]: [],
    [good.replace('hub.azure-devices.net', 'GW')]: [],
    [good.replace('%3D', '=')]: ['token-encoding'],
    [good.replace('%3D', '%2B+')]: ['token-encoding'],
    [good.replace(`se=${SE}`, `se=${SE}000`)]: ['token-milliseconds'],
    [good.replace(`se=${SE}`, 'se=soon')]: ['token-malformed'],
    [good.replace('SharedAccessSignature', 'sharedaccesssignature')]: ['token-malformed'],
    [good.replace('%2Fdevices%2Fd1', '')]: ['token-audience'],
    [good.replace('hub.', 'other.')]: ['token-audience'],
    [good.replace('d1', 'd2')]: ['token-other-device'],
    [good.replace(`se=${SE}`, `se=${SE - 3700}`)]: ['token-expires-soon'],
    [good.replace(`se=${SE}`, `se=${SE - 4000}`)]: ['token-expired'],
  };
  for (const [token, expected] of Object.entries(cases)) {
    it(`${token}: ${expected[0] ?? 'nothing'}`, () => assert.deepEqual(judge(token), expected));
  }
});

describe('the answer to CONNECT', () => {
  const judge = (connect, more = {}) =>
    codes(judgeConnect({ connectionString, token: { made: true, faults: [] }, connect, ...more }));
  const failure = (kind, detail = '', stage = 'connack') => ({ kind, detail, stage, elapsedMs: 1 });

  it('5 is the key at once, and the device after a while', () => {
    assert.deepEqual(judge({ outcome: 'refused', code: 5, ms: 40, slow: false }), ['key-refused']);
    assert.deepEqual(judge({ outcome: 'refused', code: 5, ms: 4000, slow: true }), ['device-unknown']);
  });

  it('of a code edgeHub does not know comes from something else', () => {
    assert.deepEqual(judge({ outcome: 'refused', code: 9, ms: 40, slow: false }), ['not-a-gateway']);
  });

  it('5 at once where HostName is no hub is about the audience', () => {
    const facts = { connectionString: { ...connectionString, hub: 'plant' } };
    assert.deepEqual(judge({ outcome: 'refused', code: 5, ms: 40, slow: false }, facts), [
      'audience-refused',
    ]);
  });

  it('that comes only to the second CONNECT, and then at once, says that the first was lost', () => {
    const again = (connect) => judge({ repeated: true, ...connect });
    assert.deepEqual(again({ outcome: 'accepted', ms: 5 }), ['connect-lost-early']);
    assert.deepEqual(again({ outcome: 'refused', code: 5, ms: 40, slow: false }), [
      'key-refused',
      'connect-lost-early',
    ]);
    // It was merely slow.
    assert.deepEqual(again({ outcome: 'refused', code: 5, ms: 90_000, slow: true }), ['device-unknown']);
    assert.deepEqual(judge({ outcome: 'accepted', ms: 5 }), []);
  });

  it('that never comes, to two of them, names the gateways that lose it', () => {
    const told = (connect) => judgeConnect({ connectionString, connect })[0];
    const silence = { outcome: 'unanswered', ms: 120_000, failure: failure('unanswered') };
    const { explanation, remedy } = told({ ...silence, repeated: true });
    assert.match(explanation, /edgeHub 1\.6\.0 and 1\.6\.1/);
    assert.match(remedy, /update the gateway.*SslProtocols=tls1\.2/);
    assert.doesNotMatch(told(silence).remedy, /1\.6/);
  });

  it('that fails below MQTT is told as that', () => {
    const late = failure('tls', 'received fatal alert: CertificateRequired');
    assert.deepEqual(judge({ outcome: 'failed', ms: 1, failure: late }), ['client-certificate-required']);
    const lost = failure('refused', 'Connection refused', 'tcp');
    assert.deepEqual(judge({ outcome: 'failed', ms: 1, failure: lost }), ['connect-failed']);
  });
});

describe('the rest', () => {
  it('a root that expires within a week is a warning, and of several the expired ones are', () => {
    const root = (daysLeft) => ({
      subject: 'CN=r',
      fingerprint: 'AA',
      validTo: '2026-01-01T00:00:00Z',
      daysLeft,
    });
    const judge = (...roots) => codes(judgeAuthority({ ca: { origin: 'option', roots } }));
    assert.deepEqual(judge(root(3)), ['ca-expires-soon']);
    assert.deepEqual(judge(root(30)), []);
    assert.deepEqual(judge(root(-1), root(30)), ['ca-some-invalid']);
  });

  it('a root that cannot serve, and a handshake that fails, are told', () => {
    const judge = (kind) =>
      codes(
        judgeTls({ connectionString, tls: { failure: { kind, stage: 'tls', detail: 'x', elapsedMs: 1 } } }),
      );
    assert.deepEqual(judge('bad-root'), ['ca-broken']);
    assert.deepEqual(judge('tls'), ['tls-failed']);
    assert.deepEqual(judge('certificate-expired'), []);
  });

  it('one connection that ends is a take-over if the gateway admits the device again', () => {
    const closed = { afterMs: 900, kind: 'closed' };
    const judge = (again, losses = [closed]) =>
      codes(judgeStay({ connectionString, stay: { ms: 5000, losses, again } }));
    assert.deepEqual(judge('accepted'), ['taken-over']);
    assert.deepEqual(judge('refused'), ['gateway-restarts']);
    const atOnce = { afterMs: 3, kind: 'closed' };
    assert.deepEqual(judge('accepted', [atOnce, atOnce]), ['closed-after-connack']);
    assert.deepEqual(judge('accepted', [atOnce, closed]), ['taken-over']);
    assert.deepEqual(judge('accepted', [{ afterMs: 900, kind: 'reset' }]), ['closed-after-connack']);
  });

  it('a device that did not get through is never called healthy', () => {
    assert.deepEqual(codes(judgeWhole({ connectionString, tls: { accepted: true } }, [])), ['unexplained']);
    assert.deepEqual(codes(judgeWhole({ connectionString, connect: { outcome: 'accepted' } }, [])), []);
    assert.deepEqual(codes(judgeWhole({ connectionString }, [{ severity: 'problem' }])), []);
  });

  it('what stands in a command is one word of a shell', () => {
    assert.equal(word('gateway.local'), 'gateway.local');
    assert.equal(word("it's; rm"), `'it'\\''s; rm'`);
    assert.equal(word('<device>'), `'<device>'`);
  });
});
