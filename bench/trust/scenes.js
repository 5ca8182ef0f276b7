// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const path = require('node:path');
const { HOSTILE, authority, namesakes, pemOf } = require('../../__test__/hostile/chains');
const { buildHanging } = require('../../__test__/hostile/hanging');
const native = require('../../lib/native/add_on');
const { Child, row } = require('../scene');

/** @typedef {{ folder: string, store: string, ca: string, pems: { key: string, cert: string } }} Stage */
/** @typedef {import('../scene').Row} Row */

/** The best of so many counts: what else the machine does is in some of them. */
const ROUNDS = 3;
const DEVICES = 300;
const SECONDS = 5;
/** What a neighbour may cost. Milliseconds. */
const NOTICED_MS = 50;
/** What a verification may take: CPU, since whatever else the machine does is in the time. Milliseconds. */
const VERIFIED_MS = 20;
const VERIFICATIONS = 200;

const file = (/** @type {string} */ name) => path.join(__dirname, name);

/** @param {Stage} stage */
async function serve({ pems }) {
  const server = new Child(path.join(__dirname, '../reconnect/server.js'), []);
  const { port } = await server.ask({ start: pems });
  return { server, port };
}

/**
 * The same connections under `ca`, and under a whole store.
 *
 * @param {Stage} stage
 * @returns {Promise<Row[]>}
 */
async function roots(stage) {
  const { server, port } = await serve(stage);
  const measure = async (/** @type {string | undefined} */ ca) => {
    const fleet = new Child(file('fleet.js'), [], ['--expose-gc'], { SSL_CERT_FILE: stage.store });
    const answer = await fleet.ask({ port, ca, devices: DEVICES });
    fleet.stop();
    return answer;
  };
  const [own, all] = [best(), best()];
  for (let round = 0; round < ROUNDS; round += 1) {
    own.take(await measure(stage.ca));
    all.take(await measure(undefined));
  }
  server.stop();
  const compared = (/** @type {string} */ what, /** @type {string} */ unit) => {
    const ratio = all.values[what] / own.values[what];
    const got = `${ratio.toFixed(2)} (${all.values[what].toFixed(2)} against ${own.values[what].toFixed(2)} ${unit})`;
    return row(`without ca beside with ca: ${what} of a connection`, got, '≤ 1.10', ratio <= 1.1);
  };
  return [compared('memory', 'KiB'), compared('CPU', 'ms')];
}

/** The least of each value. */
function best() {
  /** @type {Record<string, number>} */
  const values = {};
  const take = (/** @type {Record<string, number>} */ round) => {
    for (const [name, value] of Object.entries(round))
      values[name] = Math.min(values[name] ?? Infinity, value);
  };
  return { values, take };
}

/** @returns {Promise<Row[]>} How long each hostile chain is verified, under roots of the same names. */
async function verifying() {
  const trusted = await Promise.all(
    ['P-256', 'P-521'].flatMap((key) =>
      [90, 91, 92].map((number) => authority('X', undefined, { key, number })),
    ),
  );
  const roots = trusted.map(({ pem }) => new X509Certificate(pem).raw);
  const chains = {
    ...HOSTILE,
    'four of one name, P-521, as many as are looked at': { make: () => namesakes(4, 'P-521') },
    'four of one name, RSA of 4096 bits': { make: () => namesakes(4, 'rsa-4096') },
  };
  const rows = [];
  for (const [name, { make }] of Object.entries(chains)) {
    const chain = (await make()).map(({ pem }) => new X509Certificate(pem).raw);
    const judge = () => {
      const begin = process.cpuUsage();
      native.judge({ chain, host: 'localhost', roots, systemRoots: false, atMs: Date.now() });
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1000;
    };
    judge();
    const longest = Math.min(
      ...Array.from({ length: ROUNDS }, () => Math.max(...Array.from({ length: VERIFICATIONS }, judge))),
    );
    rows.push(
      row(`verifying ${name}`, `${longest.toFixed(2)} ms`, `≤ ${VERIFIED_MS} ms`, longest <= VERIFIED_MS),
    );
  }
  return rows;
}

/**
 * A session and, in the same process, what `beside` asks for; a bare loop over the same server measures the machine.
 *
 * @param {Stage} stage
 * @param {string} what
 * @param {object} beside
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Row[]>}
 */
async function neighbours(stage, what, beside, env = {}) {
  const { server, port } = await serve(stage);
  let least = { above: Infinity, ours: 0, bare: 0, opened: 0, attempts: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = new Child(file('bare.js'), []);
    const session = new Child(file('session.js'), [], [], { SSL_CERT_FILE: stage.store, ...env });
    const order = { port, ca: stage.ca, seconds: SECONDS };
    const [ours, loop] = await Promise.all([session.ask({ ...order, ...beside }), bare.ask(order)]);
    for (const child of [bare, session]) child.stop();
    const above = ours.p999 - loop.p999;
    if (above < least.above) {
      least = { above, ours: ours.p999, bare: loop.p999, opened: ours.opened, attempts: ours.attempts };
    }
  }
  server.stop();
  const { above, ours, bare, opened, attempts } = least;
  const got = `${above.toFixed(1)} ms (p99.9 ${ours.toFixed(1)}, bare ${bare.toFixed(1)}; ${attempts} attempts)`;
  return [
    row(`${what}: later than a bare loop by`, got, `≤ ${NOTICED_MS} ms`, above <= NOTICED_MS),
    row('  it was open after', `${opened.toFixed(0)} ms`, '≤ 1000 ms', opened <= 1000),
  ];
}

/** @param {Stage} stage @param {boolean} ownRoots @returns {Promise<Row[]>} */
async function besideChains(stage, ownRoots) {
  const chains = await Promise.all(Object.values(HOSTILE).map(({ make }) => make()));
  const hostile = new Child(file('presenting.js'), []);
  const pems = chains.map((chain) => ({ cert: pemOf(chain), key: chain[0].keyPem }));
  const { ports } = await hostile.ask({ pems });
  const under = ownRoots ? 'ca' : "the system's store";
  const rows = await neighbours(stage, `beside hostile chains, under ${under}`, { hostile: ports, ownRoots });
  hostile.stop();
  return rows;
}

/** By the name that `--only` takes. @type {Record<string, (stage: Stage) => Promise<Row[]>>} */
const SCENES = {
  roots,
  verifying,
  alone: (stage) => neighbours(stage, 'a session alone', {}),
  'chains-ca': (stage) => besideChains(stage, true),
  'chains-store': (stage) => besideChains(stage, false),
  'look-ups': (stage) =>
    neighbours(
      stage,
      'beside fifty look-ups that hang',
      { hanging: 50 },
      { LD_PRELOAD: buildHanging(stage.folder) },
    ),
};

module.exports = { SCENES };
