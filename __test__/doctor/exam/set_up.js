'use strict';

const { MqttWs, connect } = require('../../..');
const { examine } = require('../../../lib/doctor/examination');
const { randomOf } = require('../../model/random');
const scenes = require('../scenes');
const { LIMITS, optionsOf } = require('../surroundings');
const { ODDITIES } = require('./oddities');

const IN_ORDER = 'in order';
/** @typedef {import('../scenes').Scene} Scene */

/** So many oddities a set-up has at most. */
const MOST_ODDITIES = 3;
/** Several set-ups at once take their time. */
const PATIENT = { tcpMs: 3000, compareMs: 1500, tlsMs: 4000, strangerMs: 2000, connackMs: 4000 };
/** Changes this process, which other set-ups share. */
const ALONE = /store of the system|nothing given|port-wrong|host-unreachable/;

/** In order, too, which must raise no alarm. */
const AREAS = { ...scenes, [IN_ORDER]: require('../scenes/in_order') };

const CAUSES = Object.entries(AREAS).flatMap(([area, table]) =>
  Object.entries(table)
    .filter(([name]) => !ALONE.test(name))
    .map(([name, bring]) => ({ area, name, bring })),
);

/**
 * One true cause and what is harmless besides.
 *
 * @typedef {object} SetUp
 * @property {string} area
 * @property {string} name
 * @property {(typeof CAUSES)[number]['bring']} bring
 * @property {import('./oddities').Oddity[]} oddities
 */

/**
 * @param {number} seed
 * @param {number} count
 * @returns {SetUp[]} The same for the same seed. Every area comes as often as every other.
 */
function draw(seed, count) {
  const random = randomOf(seed);
  const areas = Object.keys(AREAS);
  return Array.from({ length: count }, () => {
    const area = random.of(areas);
    const cause = random.of(CAUSES.filter((each) => each.area === area));
    const fitting = ODDITIES.filter(({ unless }) => !unless?.test(cause.name));
    const several = Array.from({ length: random.below(MOST_ODDITIES + 1) }, () => random.of(fitting));
    const oddities = new Map(several.map((each) => [each.kind ?? each.name, each]));
    return { ...cause, oddities: [...oddities.values()] };
  });
}

/**
 * What became of one.
 *
 * @typedef {object} Result
 * @property {SetUp} setUp
 * @property {boolean} right The first finding is the true cause.
 * @property {string | undefined} expected Nothing of what is in order.
 * @property {string[]} found The codes of the problems.
 * @property {string | undefined} disagreement What an app found, where it is not what the doctor found.
 */

/**
 * @param {SetUp} setUp
 * @returns {Promise<Result>}
 */
async function take(setUp) {
  const { name, bring, oddities } = setUp;
  /** @type {(() => unknown)[]} */
  const ends = [];
  const until = {
    after: (/** @type {() => unknown} */ end) => ends.push(end),
    oddities: {
      chain: Object.assign({}, ...oddities.map(({ chain }) => chain)),
      gateway: Object.assign({}, ...oddities.map(({ gateway }) => gateway)),
    },
  };
  try {
    let scene = await bring(/** @type {any} */ (until));
    for (const { finish } of oddities) scene = (await finish?.(scene, until)) ?? scene;
    const { surroundings = {}, code } = scene;
    const limits = { ...LIMITS, ...PATIENT, ...surroundings.limits };
    const report = await examine(optionsOf(scene), { webPorts: [], env: {}, ...surroundings, limits });
    const found = report.findings.filter(({ severity }) => severity === 'problem').map((each) => each.code);
    const expected = setUp.area === IN_ORDER ? undefined : (code ?? name.split(',')[0]);
    const disagreement = await disagreementOf(report, scene, limits);
    return { setUp, expected, found, disagreement, right: found[0] === expected };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/**
 * An app with the same string and the same root gets through exactly if the doctor does, which corrects what `connect()`
 * refuses.
 *
 * @param {import('../../..').Diagnosis} report
 * @param {Scene} scene
 * @param {{ tcpMs: number, tlsMs: number, connackMs: number }} limits
 * @returns {Promise<string | undefined>}
 */
async function disagreementOf({ facts }, scene, limits) {
  const { connectionString, ca, protocol, proxy, cert, key, passphrase, surroundings } = scene;
  // Clock and environment are others for the doctor alone; no app speaks AMQP; and a gateway may be gone by now.
  const alone = surroundings?.now || surroundings?.env || protocol === 'amqp';
  if (alone || facts.stay?.again === 'failed') return undefined;
  const refused = facts.connectionString?.refusal ?? facts.proxy?.fault ?? facts.clientCertificate?.fault;
  const expected = facts.connect?.outcome === 'accepted' && refused === undefined;
  const { tcpMs: connectMs, tlsMs, connackMs } = limits;
  const timeouts = { connectMs, tlsMs, connackMs };
  try {
    const given = Object.entries({ proxy, cert, key, passphrase }).filter(([, value]) => value !== undefined);
    const device = await connect({
      ...{ connectionString, ca, timeouts, retry: 'never' },
      ...(protocol === 'ws' && { transport: MqttWs }),
      ...Object.fromEntries(given),
    });
    await device.close();
    return expected ? undefined : 'an app connects';
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    return expected ? `an app fails: ${code} ${message}` : undefined;
  }
}

module.exports = { draw, take };
