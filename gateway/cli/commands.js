// @ts-check
'use strict';

const { readFaults } = require('../faults/notation');

/**
 * @typedef {import('../index').Gateway} Gateway
 *
 * @typedef {object} Command
 * @property {string} usage
 * @property {string} meaning
 * @property {(gateway: Gateway, ...words: string[]) => Promise<string | void> | string | void} run what it returns is
 *   shown
 */

/** What can be done to a running gateway by hand. The last word of a command takes the rest of the line. */
/** @type {Record<string, Command>} */
const COMMANDS = {
  send: {
    usage: 'send <device> <text>',
    meaning: 'a cloud-to-device message',
    run: (gateway, id, text = '') => {
      gateway.sendC2D(id, text);
    },
  },
  method: {
    usage: 'method <device> <name> [<json>]',
    meaning: 'call a direct method',
    run: async (gateway, id, name, json = 'null') => {
      const { status, payload } = await gateway.invokeMethod(id, name, parsed(json));
      return `${name} answered ${status} ${JSON.stringify(payload)}`;
    },
  },
  desired: {
    usage: 'desired <device> <json>',
    meaning: 'patch the desired properties of its twin',
    run: (gateway, id, json) => {
      gateway.patchDesired(id, parsed(json));
    },
  },
  twin: {
    usage: 'twin <device>',
    meaning: 'show its twin',
    run: (gateway, id) => JSON.stringify(gateway.twin(id)),
  },
  offline: {
    usage: 'offline',
    meaning: 'cut the link to the cloud',
    run: (gateway) => {
      gateway.offline = true;
      return 'the cloud is out of reach';
    },
  },
  online: {
    usage: 'online',
    meaning: 'restore it',
    run: (gateway) => {
      gateway.offline = false;
      return 'the cloud is in reach';
    },
  },
  fault: {
    usage: 'fault [<fault>]',
    meaning: 'misbehave from now on; without a fault, behave',
    run: (gateway, spec) => {
      gateway.faults = spec === undefined ? {} : readFaults([spec]);
    },
  },
  cut: {
    usage: 'cut <device> [rst]',
    meaning: 'end its connection',
    run: (gateway, id, how) => cut(gateway, id, how),
  },
  freeze: {
    usage: 'freeze <device>',
    meaning: 'stop answering it',
    run: (gateway, id) => `${gateway.freeze(id)} frozen`,
  },
  disable: {
    usage: 'disable <device>',
    meaning: 'in the hub',
    run: (gateway, id) => gateway.disableDevice(id),
  },
  enable: { usage: 'enable <device>', meaning: 'again', run: (gateway, id) => gateway.enableDevice(id) },
  remove: {
    usage: 'remove <device>',
    meaning: 'from the hub, or from this gateway',
    run: (gateway, id) => gateway.removeDevice(id),
  },
  rotate: {
    usage: 'rotate <device>',
    meaning: 'give it new keys',
    run: (gateway, id) => {
      gateway.rotateKeys(id);
      return gateway.connectionString(id);
    },
  },
  restart: { usage: 'restart', meaning: 'as after an update', run: (gateway) => gateway.restart() },
  help: { usage: 'help', meaning: 'these commands', run: () => helpText() },
};

/**
 * Does what a line says.
 * @param {Gateway} gateway
 * @param {string} line
 * @returns {Promise<string | void>} what to show
 * @throws {Error} the command is unknown or could not be done
 */
async function obey(gateway, line) {
  const [name] = line.trim().split(/\s+/);
  if (!name) return;
  if (!Object.hasOwn(COMMANDS, name)) throw new Error(`there is no command '${name}'; "help" lists them`);
  const { usage, run } = COMMANDS[name];
  const wanted = usage.split(' ').slice(1);
  const words = split(line.trim(), wanted.length);
  const required = wanted.filter((word) => !word.startsWith('[')).length;
  if (words.length < required || (wanted.length === 0 && line.trim() !== name))
    throw new Error(`usage: ${usage}`);
  return run(gateway, ...words);
}

/**
 * @param {string} line
 * @param {number} count words behind the command
 */
function split(line, count) {
  /** @type {string[]} */
  const words = [];
  let rest = line.replace(/^\S+\s*/, '');
  while (rest && words.length < count) {
    const word = words.length === count - 1 ? rest : (/^\S+/.exec(rest)?.[0] ?? '');
    words.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

/**
 * @param {string} json
 */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`'${json}' is not JSON: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/**
 * @param {Gateway} gateway
 * @param {string} id
 * @param {string} [how]
 */
function cut(gateway, id, how = 'fin') {
  if (how !== 'fin' && how !== 'rst') throw new Error(`'${how}' is neither fin nor rst`);
  return `${gateway.cut(id, how)} cut`;
}

function helpText() {
  return Object.values(COMMANDS)
    .map(({ usage, meaning }) => `${usage.padEnd(34)} ${meaning}`)
    .join('\n');
}

module.exports = { obey };
