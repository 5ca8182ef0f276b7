// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const { parseArgs } = require('node:util');
const { CHECKS } = require('./index');
const { World } = require('./world');

/**
 * @typedef {import('./check').Check} Check
 * @typedef {import('./check').Cost} Cost
 * @typedef {import('./world').Target} Target
 *
 * What became of a check.
 * @typedef {object} Outcome
 * @property {Check} check
 * @property {'agrees' | 'differs' | 'left out'} verdict
 * @property {string} detail in one line: what differs, or why it was left out
 */

/** For a check that waits for nothing special; a gateway that looks up a device may take minutes. */
const PATIENCE_MS = 10_000;
const SLOW_MS = 180_000;

/** Of HTTPS. */
const USUAL_WEB_PORT = '443';

/** @type {Cost[]} */
const COSTS = ['harmless', 'telemetry', 'twin', 'slow'];

const USAGE = `Usage: npm run gateway:rows -- --against <connection string> --ca <file> [options]

Runs what a device can see of a gateway for itself, and tells row by row whether it does as the local gateway does. The
device must be one that nobody uses meanwhile: it is connected some hundred times, also with tokens that are wrong.

  --against <text>      connection string of the device, with GatewayHostName
  --ca <file>           the root certificate that it trusts
  --cloud none          the gateway has no cloud: what needs it is left out
  --also <costs>        also what is not harmless: telemetry (messages are sent), twin (a property that is not there is
                        deleted), slow (takes minutes), by commas; or all
  --web-port <number>   of HTTPS; 443 unless given, and what needs it is left out if nothing listens there; 0 for none
  --row <row>           only that row, such as C6
  --patience <seconds>  for an answer, 10 unless given`;

/** What cannot be run as it was asked for. */
class UsageError extends Error {}

/**
 * @param {string[]} args
 */
function readArguments(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const options = {
    against: text,
    ca: text,
    cloud: text,
    also: text,
    'web-port': text,
    row: text,
    patience: text,
  };
  const { values } = parse(args, options);
  const { against, ca, cloud, also = '', row } = values;
  if (!against || !ca) throw new UsageError(USAGE);
  if (cloud !== undefined && cloud !== 'none') throw new UsageError(`--cloud can be none, not '${cloud}'`);
  const costs = also === 'all' ? COSTS : also.split(',').filter(Boolean);
  const odd = costs.find((cost) => !COSTS.includes(/** @type {Cost} */ (cost)));
  if (odd !== undefined)
    throw new UsageError(`--also can be ${COSTS.slice(1).join(', ')} or all, not '${odd}'`);
  return {
    target: targetOf(against, ca, numberOf('web-port', values['web-port'] ?? USUAL_WEB_PORT)),
    webPortGiven: values['web-port'] !== undefined,
    cloud: cloud !== 'none',
    costs: new Set(['harmless', ...costs]),
    row,
    patienceMs: values.patience === undefined ? PATIENCE_MS : 1000 * numberOf('patience', values.patience),
  };
}

/**
 * @param {string[]} args
 * @param {import('node:util').ParseArgsConfig['options']} options
 * @returns {{ values: Record<string, string | undefined> }}
 */
function parse(args, options) {
  try {
    return /** @type {any} */ (parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError(`${/** @type {Error} */ (error).message}\n\n${USAGE}`);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function numberOf(name, text) {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} is a number, not '${text}'`);
  return Number(text);
}

/**
 * @param {string} text
 * @param {string} caFile
 * @param {number} webPort
 * @returns {Target}
 */
function targetOf(text, caFile, webPort) {
  const fields = new Map(
    text.split(';').map((part) => /** @type {any} */ (part.split(/=(.*)/s).slice(0, 2))),
  );
  const [hubHostName, id, key, gateway] = ['HostName', 'DeviceId', 'SharedAccessKey', 'GatewayHostName'].map(
    (name) => {
      const value = fields.get(name);
      if (!value) throw new UsageError(`the connection string has no ${name}`);
      return value;
    },
  );
  if (fields.has('ModuleId'))
    throw new UsageError('the connection string is that of a module; take a device');
  const [, host, port = '8883'] = /** @type {string[]} */ (/^\[?(.*?)\]?(?::(\d+))?$/.exec(gateway));
  return { host, port: Number(port), webPort, rootPem: read(caFile), hubHostName, id, key };
}

/**
 * @param {string} file
 */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca '${file}' cannot be read: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * Why a check is not run.
 * @param {Check} check
 * @param {ReturnType<typeof readArguments>} options
 * @param {boolean} web whether something listens for HTTPS, or should
 * @returns {string | undefined}
 */
function reasonToLeaveOut({ cost, cloud, row }, options, web) {
  if (options.row !== undefined && options.row !== row) return 'not asked for';
  if (!options.costs.has(cost)) return `not harmless: --also ${cost}`;
  if (cloud && !options.cloud) return 'needs the cloud';
  if (/^W/.test(row) && !web)
    return `nothing listens for HTTPS at port ${options.target.webPort}: --web-port`;
  return undefined;
}

/**
 * Whether the rows of HTTPS can be tried: somebody named the port, or something listens at the usual one.
 * @param {ReturnType<typeof readArguments>} options
 */
async function hasWebPort({ target: { host, webPort }, webPortGiven }) {
  if (webPortGiven) return webPort !== 0;
  const socket = net.connect(webPort, host);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * @param {Check} check
 * @param {Target} target
 * @param {number} patienceMs
 * @returns {Promise<Outcome>}
 */
async function runCheck(check, target, patienceMs) {
  const world = new World(target);
  const limitMs = check.cost === 'slow' ? Math.max(SLOW_MS, patienceMs) : patienceMs;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([check.run(world), late]);
    return { check, verdict: 'agrees', detail: '' };
  } catch (error) {
    return { check, verdict: 'differs', detail: inOneLine(error) };
  } finally {
    clearTimeout(timer);
    world.end();
  }
}

/**
 * @param {unknown} error
 */
function inOneLine(error) {
  if (error instanceof assert.AssertionError && error.generatedMessage && error.expected !== undefined) {
    return `expected ${JSON.stringify(error.expected)}, got ${JSON.stringify(error.actual)}`;
  }
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0];
}

/**
 * @param {string[]} args
 * @param {(line: string) => void} print
 * @returns {Promise<number>} exit code: 0 all agree, 1 some differ, 2 nothing could be run
 */
async function against(args, print) {
  /** @type {ReturnType<typeof readArguments>} */
  let options;
  try {
    options = readArguments(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(error.message);
    return 2;
  }
  const { target, patienceMs } = options;
  const first = await runCheck(
    { row: '', name: '', cost: 'slow', cloud: false, run: connect },
    target,
    patienceMs,
  );
  if (first.verdict !== 'agrees') {
    print(`'${target.id}' does not get in at ${target.host}:${target.port}: ${first.detail}`);
    return 2;
  }
  const web = await hasWebPort(options);
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const check of CHECKS) {
    const reason = reasonToLeaveOut(check, options, web);
    const outcome =
      reason === undefined
        ? await runCheck(check, target, patienceMs)
        : { check, verdict: /** @type {const} */ ('left out'), detail: reason };
    outcomes.push(outcome);
    if (outcome.detail !== 'not asked for') print(lineOf(outcome));
  }
  const count = (/** @type {string} */ verdict) =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  print(`\n${count('agrees')} agree, ${count('differs')} differ, ${count('left out')} left out\n`);
  byRow(outcomes).forEach(print);
  return count('differs') === 0 ? 0 : 1;
}

/**
 * @param {World} world
 */
const connect = async (world) => void (await world.connected());

/**
 * @param {Outcome} outcome
 */
function lineOf({ check: { row, name }, verdict, detail }) {
  return `${row.padEnd(4)}${verdict.padEnd(9)} ${name}${detail && ` (${detail})`}`;
}

/**
 * @param {Outcome[]} outcomes
 * @returns {string[]} one line for each row that was tried
 */
function byRow(outcomes) {
  const rows = [...new Set(outcomes.map(({ check }) => check.row))];
  return rows.flatMap((row) => {
    const tried = outcomes.filter(({ check, verdict }) => check.row === row && verdict !== 'left out');
    const agreed = tried.filter(({ verdict }) => verdict === 'agrees').length;
    if (tried.length === 0) return [];
    return [
      `${row.padEnd(4)}${agreed === tried.length ? 'agrees' : `differs in ${tried.length - agreed} of ${tried.length}`}`,
    ];
  });
}

module.exports = { against };
