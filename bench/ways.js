// @ts-check
'use strict';

/**
 * The ways to a gateway, beside azure-iot-device in the same run: over 8883 and over 443, with and without a proxy, with a
 * key and with a certificate. How long a connection takes, and how many messages a second WebSocket carries.
 *
 *     npm run bench:ways [-- connect | throughput]
 *
 * Exit code 0: every target is met; 1: one is missed.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { startProxy } = require('../__test__/reference/proxy');
const { createChain, createDeviceCertificate, startGateway } = require('../gateway');
const { installPacked } = require('../scripts/packed');
const { run } = require('./children');
const { REGISTER } = require('./contenders');
const { buildSink } = require('./preparation');
const { startSink } = require('./servers');

const CONNECTS = 25;
const ROUNDS = 3;
const WINDOW = 1000;
/** The original gets fewer: it takes as long for them. */
const MESSAGES = { ours: 100_000, original: 10_000 };

/** @typedef {{ name: 'ours' | 'original', flags: string[] }} Contender */

/** @type {Contender[]} */
const CONTENDERS = [
  { name: 'ours', flags: ['-r', REGISTER] },
  { name: 'original', flags: [] },
];

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-ways-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

/** @param {string} name @param {string} content */
function file(name, content) {
  const at = path.join(scratch, name);
  fs.writeFileSync(at, content, { mode: 0o600 });
  return at;
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** @param {(string | number)[]} cells */
function print([first, ...rest]) {
  console.log(String(first).padEnd(34) + rest.map((cell) => String(cell).padStart(16)).join(''));
}

async function connect() {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const own = await createDeviceCertificate({ deviceId: 'x1', key: 'P-256' });
  const x509 = { primaryThumbprint: own.thumbprintSha256 };
  const gateway = await startGateway({
    chain,
    keep: 0,
    devices: [{ deviceId: 'd1' }, { deviceId: 'x1', x509 }],
  });
  const proxy = await startProxy({ 443: gateway.webSocketPort });
  const files = {
    ca: file('root.pem', chain.rootPem),
    cert: file('device.pem', own.certPem),
    key: file('device.key', own.keyPem),
  };
  print([`time to connect, ms, of ${CONNECTS}`, 'ours', 'worst', 'original', 'worst']);
  for (const transport of ['Mqtt', 'MqttWs']) {
    for (const proxied of [false, true]) {
      for (const id of ['d1', 'x1']) {
        // The original ignores GatewayHostName where a device has a certificate.
        const given = gateway.connectionString(id, { direct: id === 'x1' });
        const job = {
          transport,
          connectionString: transport === 'MqttWs' ? given.replace(/:\d+(?=;|$)/g, '') : given,
          ca: files.ca,
          ...(id === 'x1' && { cert: files.cert, key: files.key }),
          port: gateway.webSocketPort,
          ...(proxied && { proxy: proxy.port }),
          connects: CONNECTS,
        };
        const cells = [];
        for (const { name, flags } of CONTENDERS) {
          // It has no option for that.
          if (name === 'original' && transport === 'Mqtt' && proxied) cells.push('cannot', '');
          else {
            const client = path.join(__dirname, 'ways', 'client.js');
            const { stdout } = await run(process.execPath, [...flags, client, JSON.stringify(job)]);
            const times = JSON.parse(stdout);
            cells.push(median(times).toFixed(1), Math.max(...times).toFixed(1));
          }
        }
        const way = `${transport === 'Mqtt' ? '8883' : '443'}${proxied ? ', proxy' : ''}, ${id === 'x1' ? 'certificate' : 'key'}`;
        print([way, ...cells]);
      }
    }
  }
  await proxy.close();
  await gateway.close();
  return true;
}

async function throughput() {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const stage = {
    directory: scratch,
    chain: file('chain.pem', chain.chainPem),
    key: file('server.key', chain.serverKeyPem),
  };
  const ca = file('root.pem', chain.rootPem);
  const sink = await startSink(await buildSink(), /** @type {any} */ (stage));
  /** @type {Record<string, number[]>} */
  const rates = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const webSocket of [false, true]) {
      for (const { name, flags } of CONTENDERS) {
        const messages = MESSAGES[name];
        const warmUp = messages / 10;
        const job = {
          port: sink.port,
          ca,
          deviceId: 'd1',
          window: WINDOW,
          warmUp,
          messages,
          webSocket,
        };
        const client = path.join(__dirname, 'clients', 'azure_iot_device.js');
        const { stdout } = await run(process.execPath, [...flags, client, JSON.stringify(job)]);
        const { publishes = 0 } = (await sink.report?.()) ?? {};
        if (publishes !== messages + warmUp)
          throw new Error(`${name} sent ${publishes} of ${messages + warmUp}`);
        (rates[`${name} ${webSocket ? 443 : 8883}`] ??= []).push(JSON.parse(stdout).messagesPerSecond);
      }
    }
  }
  await sink.stop();
  console.log(`\nmessages a second, window ${WINDOW}, over the sink, median of ${ROUNDS}`);
  const rate = Object.fromEntries(Object.entries(rates).map(([who, values]) => [who, median(values)]));
  for (const [who, value] of Object.entries(rate)) print([who, Math.round(value).toLocaleString('en-US')]);
  const rows = /** @type {[string, number, number][]} */ ([
    ["443, ours to the original's", rate['ours 443'] / rate['original 443'], 5],
    ['ours, 443 to 8883', rate['ours 443'] / rate['ours 8883'], 0.7],
  ]);
  for (const [what, got, wanted] of rows)
    print([what, got.toFixed(2), `wanted ${wanted}`, got >= wanted ? 'met' : 'MISSED']);
  return rows.every(([, got, wanted]) => got >= wanted);
}

async function main() {
  await installPacked();
  const [only] = process.argv.slice(2);
  const parts = Object.entries({ connect, throughput }).filter(
    ([name]) => only === undefined || name === only,
  );
  if (parts.length === 0) throw new Error(`There is no ${only}; there are connect and throughput`);
  let met = true;
  for (const [, part] of parts) met = (await part()) && met;
  process.exit(met ? 0 : 1);
}

main();
