'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { after, before, describe, test } = require('node:test');
const tls = require('node:tls');
const edge = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { SMALL, assertNoSecret, assertTold, listening } = require('../bad_input/telling');
const { startTinyproxy } = require('./tinyproxy');

/** Ways through a real proxy, and what proxies do instead of opening one. */

const { Mqtt, MqttWs } = edge;
const TRANSPORTS = [Mqtt, MqttWs];

let gateway, chain;
before(async () => {
  chain = await createChain({ ...SMALL, host: 'localhost' });
  gateway = await startGateway({ chain, devices: [{ deviceId: 'd1' }] });
});
after(() => gateway.close());

/** Where the device goes to, by that transport. */
function portOf(transport) {
  return transport === MqttWs ? gateway.webSocketPort : gateway.port;
}

function addressOf(transport, port = portOf(transport)) {
  return gateway.connectionString('d1').replace(/GatewayHostName=.*/, `GatewayHostName=localhost:${port}`);
}

/** One message, sent by a device with these options. */
async function sendOne(transport, options) {
  const device = await edge.connect({
    connectionString: addressOf(transport),
    ca: chain.rootPem,
    transport,
    ...options,
  });
  await device.sendEvent('through');
  await device.close();
}

function failureWith(transport, options) {
  return sendOne(transport, options).then(
    () => assert.fail('it connected'),
    (error) => error,
  );
}

/** The environment for the time of `act`. */
async function withEnvironment(variables, act) {
  const names = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  const earlier = names.map((name) => [name, process.env[name]]);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await act();
  } finally {
    for (const name of names) delete process.env[name];
    for (const [name, value] of earlier) if (value !== undefined) process.env[name] = value;
  }
}

for (const transport of TRANSPORTS) {
  describe(`${transport.name} through tinyproxy`, () => {
    test('by the option proxy: as URL, as text, and without a scheme', async (t) => {
      const proxy = await startTinyproxy(t);
      for (const way of [
        `http://127.0.0.1:${proxy.port}`,
        new URL(`http://localhost:${proxy.port}`),
        `127.0.0.1:${proxy.port}`,
      ]) {
        await sendOne(transport, { proxy: way });
      }
      const place = `localhost:${portOf(transport)}`;
      assert.deepEqual(proxy.connects(), [place, place, place]);
    });

    test('by HTTPS_PROXY, but for what NO_PROXY names and `proxy: false`', async (t) => {
      const proxy = await startTinyproxy(t);
      const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
      await withEnvironment({ HTTPS_PROXY }, () => sendOne(transport));
      assert.equal(proxy.connects().length, 1);
      await withEnvironment({ HTTPS_PROXY, NO_PROXY: 'example.com, localhost' }, () => sendOne(transport));
      await withEnvironment({ HTTPS_PROXY }, () => sendOne(transport, { proxy: false }));
      assert.equal(proxy.connects().length, 1);
      await withEnvironment({ https_proxy: HTTPS_PROXY, HTTPS_PROXY: 'http://nowhere.invalid' }, () =>
        sendOne(transport),
      );
      assert.equal(proxy.connects().length, 2);
    });

    test('with user and password, which are in no error', async (t) => {
      const proxy = await startTinyproxy(t, { user: 'dev:p4ss' });
      const at = `127.0.0.1:${proxy.port}`;
      await sendOne(transport, { proxy: `http://dev:p4ss@${at}` });
      for (const [way, words] of [
        [`http://${at}`, 'wants user and password'],
        [`http://dev:s3cret-wrong@${at}`, 'does not accept user and password'],
      ]) {
        const error = await failureWith(transport, { proxy: way });
        assertTold(error, {
          type: 'NotConnectedError',
          code: 'ERR_IOT_PROXY_AUTH',
          names: [at, words, /40[17]/],
          cause: /HTTP 40[17]/,
          secrets: ['s3cret-wrong'],
        });
        assert.equal(error.stage, 'tunnel');
        assert.ok([401, 407].includes(error.statusCode));
      }
    });

    test('which allows only other ports', async (t) => {
      const proxy = await startTinyproxy(t, { ports: [1] });
      const error = await failureWith(transport, { proxy: `http://127.0.0.1:${proxy.port}` });
      assertTold(error, {
        type: 'NotConnectedError',
        code: 'ERR_IOT_PROXY_FORBIDDEN',
        names: [`127.0.0.1:${proxy.port}`, `localhost:${portOf(transport)}`, '403'],
        hint: /option proxy/,
        cause: /403/,
      });
    });

    test('which cannot connect to the gateway', async (t) => {
      const proxy = await startTinyproxy(t);
      const closed = net.createServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const { port } = closed.address();
      closed.close();
      const error = await failureWith(transport, {
        connectionString: addressOf(transport, port),
        proxy: `http://127.0.0.1:${proxy.port}`,
      });
      assertTold(error, {
        type: 'NotConnectedError',
        code: 'ERR_IOT_PROXY_GATEWAY',
        names: [`127.0.0.1:${proxy.port}`, `localhost:${port}`],
        cause: /HTTP 5\d\d/,
      });
    });

    test('it comes back after the proxy was restarted', async (t) => {
      /** @type {(() => Promise<void>)[]} */
      const ends = [];
      const { port } = await startTinyproxy({ after: (end) => ends.push(end) });
      let at = port;
      // A port that stays, in front of proxies that come and go.
      const front = await listening(
        t,
        net.createServer((socket) => {
          const onward = net.connect(at, '127.0.0.1');
          const end = () => [socket, onward].forEach((each) => each.destroy());
          socket.pipe(onward).pipe(socket);
          for (const each of [socket, onward]) each.on('error', end).on('close', end);
        }),
      );
      const device = await edge.connect({
        connectionString: addressOf(transport),
        ca: chain.rootPem,
        transport,
        proxy: `http://${front}`,
      });
      await device.sendEvent('one');
      const lost = once(device, 'state');
      await ends[0]();
      await lost;
      const second = await startTinyproxy(t);
      at = second.port;
      await device.sendEvent('two');
      assert.equal(second.connects().length, 1);
      await device.close();
    });
  });
}

/** Not proxies, or bad ones: what each does with a connection. */
const answer = (head) => (socket) => socket.once('data', () => socket.end(`HTTP/1.1 ${head}\r\n\r\n`));
const BAD = {
  ERR_IOT_PROXY_AUTH: [answer('407 Proxy Authentication Required'), /407/],
  ERR_IOT_PROXY_FORBIDDEN: [answer('403 Forbidden'), /403/],
  ERR_IOT_PROXY_GATEWAY: [answer('502 Bad Gateway'), /502/],
  ERR_IOT_PROXY_PAGE: [
    (socket) =>
      socket.once('data', () =>
        socket.end(
          'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>Please sign in</html>',
        ),
      ),
    /200/,
  ],
  ERR_IOT_NOT_PROXY: [
    (socket) => socket.once('data', () => socket.end('<html>Please sign in</html>')),
    /no HTTP/,
  ],
  ERR_IOT_PROXY_CLOSED: [(socket) => socket.once('data', () => socket.end()), /closed/],
  ERR_IOT_TIMEOUT_PROXY: [() => {}, /no answer to CONNECT/],
};

for (const transport of TRANSPORTS) {
  for (const [code, [behave, cause]] of Object.entries(BAD)) {
    test(`${transport.name}: ${code}`, async (t) => {
      const at = await listening(t, net.createServer(behave));
      const error = await failureWith(transport, {
        proxy: `http://${at}`,
        timeouts: { connectMs: code === 'ERR_IOT_TIMEOUT_PROXY' ? 300 : 5_000 },
      });
      assertTold(error, { type: 'NotConnectedError', code, names: [at], cause });
      assert.equal(error.stage, 'tunnel');
    });
  }

  test(`${transport.name}: a proxy that is not there, and one whose name does not resolve`, async (t) => {
    const server = net.createServer();
    const at = await listening(t, server);
    server.close();
    const gone = await failureWith(transport, { proxy: `http://${at}` });
    assertTold(gone, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_PROXY_UNREACHABLE',
      names: [at],
      cause: /./,
    });
    const environment = { HTTPS_PROXY: 'http://nowhere.invalid:3128' };
    const unknown = await withEnvironment(environment, () => failureWith(transport));
    assertTold(unknown, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_PROXY_NOT_FOUND',
      names: ['nowhere.invalid:3128'],
      hint: /comes from HTTPS_PROXY; NO_PROXY=localhost/,
      cause: /./,
    });
  });

  test(`${transport.name}: a proxy that intercepts TLS`, async (t) => {
    // It copies the names of the certificate it replaces.
    const forged = await createChain({ ...SMALL, host: 'localhost', rootName: 'Example TLS Inspection' });
    const at = await listening(
      t,
      net.createServer((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          new tls.TLSSocket(socket, { isServer: true, cert: forged.chainPem, key: forged.serverKeyPem }).on(
            'error',
            () => {},
          );
        });
      }),
    );
    const error = await failureWith(transport, { proxy: `http://${at}` });
    assertTold(error, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_INTERCEPTED',
      names: ['Inspection', `the proxy at ${at}`],
      cause: /./,
    });
  });
}

describe('an agent in mqtt.webSocketAgent', () => {
  const urlOf = (port, user) => `http://${user ? `${user}@` : ''}127.0.0.1:${port}`;
  const AGENTS = {
    'https-proxy-agent 5': (port, user) => new (require('https-proxy-agent-5'))(urlOf(port, user)),
    'https-proxy-agent 7': (port, user) =>
      new (require('https-proxy-agent-7').HttpsProxyAgent)(urlOf(port, user)),
    'the current https-proxy-agent': async (port, user) => {
      const { HttpsProxyAgent } = await import('https-proxy-agent');
      return new HttpsProxyAgent(urlOf(port, user));
    },
    'https-proxy-agent with headers of its own': (port, user) => {
      const { HttpsProxyAgent } = require('https-proxy-agent-7');
      const headers = () =>
        user ? { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` } : {};
      return new HttpsProxyAgent(urlOf(port), { headers });
    },
    'something shaped as tunnel': (port, user) => ({
      proxyOptions: { host: '127.0.0.1', port, proxyAuth: user },
    }),
  };
  for (const [name, make] of Object.entries(AGENTS)) {
    test(name, async (t) => {
      for (const user of [undefined, 'dev:p4ss']) {
        const proxy = await startTinyproxy(t, { user });
        const client = edge.Client.fromConnectionString(addressOf(MqttWs), MqttWs);
        const webSocketAgent = await make(proxy.port, user);
        await client.setOptions({ ca: chain.rootPem, mqtt: { webSocketAgent } });
        await client.open();
        await client.close();
        assert.deepEqual(proxy.connects(), [`localhost:${gateway.webSocketPort}`]);
      }
    });
  }

  test('that does not tell its proxy is refused, by MqttWs alone', async () => {
    class Mystery {}
    const client = edge.Client.fromConnectionString(addressOf(MqttWs), MqttWs);
    const error = await client
      .setOptions({ mqtt: { webSocketAgent: new Mystery() } })
      .catch((failed) => failed);
    assertTold(error, {
      type: 'ArgumentError',
      code: 'ERR_IOT_PROXY_AGENT',
      names: ['mqtt.webSocketAgent', 'Mystery'],
    });
    const plain = edge.Client.fromConnectionString(addressOf(Mqtt), Mqtt);
    await plain.setOptions({ ca: chain.rootPem, mqtt: { webSocketAgent: new Mystery() } });
    await plain.open();
    await plain.close();
  });
});

test('a proxy that cannot be used is refused at once, without a word of its password', async () => {
  for (const [proxy, fault] of [
    ['socks5://dev:s3cretword@proxy:1080', /socks5/],
    ['https://dev:s3cretword@proxy', /https/],
    ['http://dev:s3cret%word@proxy:80', /badly encoded/],
    ['http://dev:s3cretword@:80', /no URL/],
    [5, /no text|does not tell/],
  ]) {
    const error = await failureWith(Mqtt, { proxy });
    assert.match(error.code, /^ERR_IOT_PROXY_(INVALID|AGENT)$/);
    assert.match(error.message, fault);
    assertNoSecret(error, ['s3cretword', 's3cret']);
  }
});
