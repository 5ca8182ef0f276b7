// @ts-check
'use strict';

/**
 * Receiving: a gateway floods a device with messages of 200 bytes with properties, QoS 1; beside MQTT.js, whose app decodes
 * the properties.
 *
 *     npm run bench:inbound [-- <messages> <rounds>]
 *
 * The best of three rounds counts. Exit code 0: every target is met; 1: one is missed.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { createChain } = require('../gateway');
const { bareEnvironment, run, start, stop } = require('./children');
const { installPacked } = require('../scripts/packed');
const { REGISTER } = require('./contenders');
const { PEERS, installPeers } = require('./preparation');

const CONTENDERS = [
  { name: 'edge-downstream', program: 'azure_iot_device.js', flags: ['-r', REGISTER] },
  { name: 'MQTT.js 5', program: 'mqtt_js.js', flags: [] },
];

/** @typedef {{ messagesPerSecond: number, cpuMicrosPerMessage: number, timerLateMs: number }} Measured */

async function main() {
  const [count = 400_000, rounds = 3] = process.argv.slice(2).map(Number);
  await installPeers();
  await installPacked();
  const stage = await setStage(count);
  /** @type {Measured[][]} */
  const measured = CONTENDERS.map(() => []);
  /** @type {number[]} */
  const bare = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout: ofBare } = await run(process.execPath, ['bare_loop.js'], { cwd: stage.directory });
    bare.push(JSON.parse(ofBare).timerLateMs);
    console.log(`${'a bare loop'.padEnd(18)} a 10 ms timer ${bare[round].toFixed(1)} ms late at most`);
    for (const [at, { name, program, flags }] of CONTENDERS.entries()) {
      const job = JSON.stringify({ port: stage.port, ca: stage.ca, count });
      const { stdout } = await run(process.execPath, [...flags, program, job], { cwd: stage.directory });
      /** @type {Measured} */
      const one = JSON.parse(stdout);
      measured[at].push(one);
      const { messagesPerSecond, cpuMicrosPerMessage, timerLateMs } = one;
      console.log(
        `${name.padEnd(18)} ${Math.round(messagesPerSecond)}/s, ${cpuMicrosPerMessage.toFixed(2)} µs CPU each, ` +
          `a 10 ms timer ${timerLateMs.toFixed(1)} ms late at most`,
      );
    }
  }
  await stage.stop();
  const bareLate = Math.min(...bare);
  const [ours, theirs] = measured;
  const most = (/** @type {Measured[]} */ list) => Math.max(...list.map((one) => one.messagesPerSecond));
  const least = (
    /** @type {Measured[]} */ list,
    /** @type {'cpuMicrosPerMessage' | 'timerLateMs'} */ metric,
  ) => Math.min(...list.map((one) => one[metric]));
  const targets = [
    { what: 'throughput, times MQTT.js', got: most(ours) / most(theirs), atLeast: 2 },
    {
      what: 'CPU a message, times MQTT.js',
      got: least(ours, 'cpuMicrosPerMessage') / least(theirs, 'cpuMicrosPerMessage'),
      atMost: 1 / 2,
    },
    {
      what: 'a 10 ms timer is late by, ms beyond the bare loop',
      got: least(ours, 'timerLateMs') - bareLate,
      atMost: 50,
    },
  ];
  let missed = 0;
  for (const { what, got, atLeast = -Infinity, atMost = Infinity } of targets) {
    const met = got >= atLeast && got <= atMost;
    if (!met) missed += 1;
    const wanted = atLeast > -Infinity ? `at least ${atLeast}` : `at most ${atMost}`;
    console.log(
      `${what.padEnd(50)} ${got.toFixed(2).padStart(8)}   wanted ${wanted.padEnd(14)} ${met ? 'met' : 'MISSED'}`,
    );
  }
  process.exit(missed === 0 ? 0 : 1);
}

/** @param {number} count */
async function setStage(count) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-inbound-'));
  process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));
  const programs = path.join(__dirname, 'inbound');
  for (const file of fs.readdirSync(programs))
    fs.copyFileSync(path.join(programs, file), path.join(directory, file));
  fs.symlinkSync(path.join(PEERS, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256', host: ['localhost', '127.0.0.1'] });
  const ca = path.join(directory, 'root.pem');
  fs.writeFileSync(ca, chain.rootPem);
  const options = JSON.stringify({ key: chain.serverKeyPem, cert: chain.chainPem, count });
  const server = start(process.execPath, ['server.js', options], {
    cwd: directory,
    env: bareEnvironment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline
    .createInterface({ input: /** @type {any} */ (server.stdout) })
    [Symbol.asyncIterator]();
  const { port } = JSON.parse((await lines.next()).value);
  return { directory, ca, port, stop: () => stop(server) };
}

main();
