// @ts-check
'use strict';

const { readFaults } = require('../faults/notation');
const { isClientId } = require('./client_id');
const { statusLines } = require('./status');

/**
 * @typedef {import('../index').Gateway} Gateway
 *
 * What commands work on.
 * @typedef {object} Workplace
 * @property {Gateway} gateway
 * @property {import('./keeping').Keeping} keeping
 * @property {string[]} faults in force, as they were written
 * @property {() => void} quit
 *
 * @typedef {object} Command
 * @property {string} usage
 * @property {string} meaning
 * @property {(workplace: Workplace, ...words: string[]) => Promise<string | string[]> | string | string[]} run what it
 *   returns is shown; each command says what it did
 */

/** What can be done to a running gateway by hand. The last word of a command takes the rest of the line. */
/** @type {Command[]} */
const COMMANDS = [
  {
    usage: 'send <device> <text>',
    meaning: 'a cloud-to-device message',
    run: ({ gateway }, id, text = '') => {
      const message = gateway.sendC2D(id, text);
      const waits = message.deliveryCount === 0 && message.status === 'pending';
      const where = waits ? `it waits in the hub until '${id}' subscribes` : `sent to '${id}'`;
      return `message ${message.messageId}: ${where}`;
    },
  },
  {
    usage: 'input <device>/<module> <input> <text>',
    meaning: 'a message to an input of a module',
    run: ({ gateway }, id, input, text = '') => {
      const message = gateway.sendInput(id, input, text);
      const waits = message.deliveryCount === 0 && message.status === 'pending';
      const where = waits ? `it is stored until '${id}' subscribes` : `sent to '${id}'`;
      return `message ${message.messageId}: ${where}`;
    },
  },
  {
    usage: 'method <device> <name> [<json>]',
    meaning: 'call a direct method',
    run: async ({ gateway }, id, name, json = 'null') => {
      const { status, payload } = await gateway.invokeMethod(id, name, parsed(json));
      return `${name} answered ${status} ${JSON.stringify(payload)}`;
    },
  },
  {
    usage: 'desired <device> <json>',
    meaning: 'patch the desired properties of its twin',
    run: ({ gateway }, id, json) =>
      `the desired properties of '${id}' have version ${gateway.patchDesired(id, parsed(json))}`,
  },
  {
    usage: 'twin <device>',
    meaning: 'show its twin',
    run: ({ gateway }, id) => JSON.stringify(gateway.twin(id)),
  },
  {
    usage: 'devices',
    meaning: 'who is known, and who is connected',
    run: ({ gateway }) => gateway.devices().map((device) => deviceLine(gateway, device)),
  },
  {
    usage: 'status',
    meaning: 'ports, certificate, link to the cloud, faults in force, what came',
    run: ({ gateway, faults }) => statusLines(gateway, faults),
  },
  {
    usage: 'add device <device>',
    meaning: 'a device of that name; its keys are those of an earlier run',
    run: ({ gateway, keeping }, id) => {
      requireClientId(id);
      gateway.addDevice({ deviceId: id, ...keeping.keys([id])[id] });
      return gateway.connectionString(id);
    },
  },
  {
    usage: 'add module <device>/<module>',
    meaning: 'a module of a known device',
    run: ({ gateway, keeping }, id) => {
      requireClientId(id);
      const [deviceId, moduleId = ''] = id.split('/');
      gateway.addModule(deviceId, { moduleId, ...keeping.keys([id])[id] });
      return gateway.connectionString(id);
    },
  },
  {
    usage: 'offline',
    meaning: 'cut the link to the cloud',
    run: ({ gateway }) => {
      gateway.offline = true;
      return 'the cloud is out of reach';
    },
  },
  {
    usage: 'online',
    meaning: 'restore it',
    run: ({ gateway }) => {
      const { stored } = gateway.upstream;
      gateway.offline = false;
      return `the cloud is in reach; ${count(stored, 'stored message')} went on`;
    },
  },
  {
    usage: 'fault [<fault>]',
    meaning: 'misbehave from now on; without a fault, behave',
    run: ({ gateway, faults }, spec) => {
      gateway.faults = spec === undefined ? {} : readFaults([spec]);
      faults.splice(0, faults.length, ...(spec === undefined ? [] : [spec]));
      return spec === undefined ? 'no fault is in force' : `in force: ${spec}`;
    },
  },
  {
    usage: 'cut <device> [rst]',
    meaning: 'end its connection',
    run: ({ gateway }, id, how = 'fin') => {
      if (how !== 'fin' && how !== 'rst') throw new Error(`'${how}' is neither fin nor rst`);
      return `${count(gateway.cut(id, how), 'connection')} cut`;
    },
  },
  {
    usage: 'freeze <device>',
    meaning: 'stop answering it',
    run: ({ gateway }, id) => `${count(gateway.freeze(id), 'connection')} frozen`,
  },
  {
    usage: 'disable <device>',
    meaning: 'in the hub',
    run: ({ gateway }, id) => {
      gateway.disableDevice(id);
      return `'${id}' is disabled`;
    },
  },
  {
    usage: 'enable <device>',
    meaning: 'again',
    run: ({ gateway }, id) => {
      gateway.enableDevice(id);
      return `'${id}' is enabled`;
    },
  },
  {
    usage: 'remove <device>',
    meaning: 'from the hub, or from this gateway',
    run: ({ gateway }, id) => {
      gateway.removeDevice(id);
      return `'${id}' is no child of this gateway any more`;
    },
  },
  {
    usage: 'rotate <device>',
    meaning: 'give it new keys',
    run: ({ gateway, keeping }, id) => {
      const { primaryKey = '', secondaryKey = '' } = gateway.rotateKeys(id);
      keeping.keep(id, { primaryKey, secondaryKey });
      return gateway.connectionString(id);
    },
  },
  {
    usage: 'restart',
    meaning: 'as after an update',
    run: async ({ gateway }) => {
      await gateway.restart();
      return 'restarted';
    },
  },
  {
    usage: 'quit',
    meaning: 'end the gateway, as Ctrl-C does',
    run: ({ quit }) => {
      quit();
      return 'stopping';
    },
  },
  { usage: 'help', meaning: 'these commands', run: () => helpLines() },
];

/**
 * Does what a line says.
 * @param {Workplace} workplace
 * @param {string} line
 * @returns {Promise<string | string[]>} what to show
 * @throws {Error} the command is unknown or could not be done
 */
async function obey(workplace, line) {
  const given = line.trim().split(/\s+/);
  const command = COMMANDS.find(({ usage }) => nameOf(usage).every((word, i) => word === given[i]));
  if (!command) throw unknown(given[0]);
  const { usage, run } = command;
  const name = nameOf(usage);
  const wanted = usage.split(' ').slice(name.length);
  const rest = line.trim().replace(new RegExp(`^(\\S+\\s*){${name.length}}`), '');
  const words = split(rest, wanted.length);
  const required = wanted.filter((word) => !word.startsWith('[')).length;
  if (words.length < required || (wanted.length === 0 && rest !== '')) throw new Error(`usage: ${usage}`);
  return run(workplace, ...words);
}

/**
 * @param {string} usage
 * @returns {string[]} the words by which a command is called
 */
const nameOf = (usage) => usage.split(' ').filter((word) => /^\w+$/.test(word));

/**
 * @param {string} first word of a line
 */
function unknown(first) {
  const longer = COMMANDS.map(({ usage }) => usage).filter((usage) => nameOf(usage)[0] === first);
  return new Error(
    longer.length > 0 ? `usage: ${longer.join(' | ')}` : `there is no command '${first}'; "help" lists them`,
  );
}

/**
 * @param {string} line
 * @param {number} count words
 */
function split(line, count) {
  /** @type {string[]} */
  const words = [];
  let rest = line;
  while (rest && words.length < count) {
    const word = words.length === count - 1 ? rest : (/^\S+/.exec(rest)?.[0] ?? '');
    words.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

/**
 * @param {string} text
 */
function requireClientId(text) {
  if (!isClientId(text)) throw new Error(`'${text}' is no name of a device or module`);
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
 * @param {import('../index').Device} device
 */
function deviceLine(gateway, { clientId, enabled, x509 }) {
  const connection = gateway.connections().find((each) => each.clientId === clientId);
  const state = connection ? `connected from ${connection.address}` : 'not connected';
  const filters = connection?.subscriptions.length
    ? `, subscribed to ${connection.subscriptions.join(' ')}`
    : '';
  const kind = x509 ? 'X.509' : 'key';
  return `${clientId.padEnd(20)} ${kind.padEnd(5)} ${enabled ? '' : 'disabled, '}${state}${filters}`;
}

/**
 * @param {number} number
 * @param {string} thing
 */
const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;

function helpLines() {
  return COMMANDS.map(({ usage, meaning }) => `${usage.padEnd(40)} ${meaning}`);
}

module.exports = { obey };
