// @ts-check
'use strict';

const { parseArgs } = require('node:util');

/** @typedef {{ messages: number, interval: number }} Options */

const HELP = `Runs examples/edge_downstream_device.js against a local gateway, and shows what the gateway gets.

    npm start
    npm start -- --messages 100 --interval 0

    --messages <count>           how many messages the device sends (5)
    --interval <milliseconds>    from one to the next (1000)
    --help                       this text

Exit code 0: everything arrived, both ways; 1: something failed; 2: an option is wrong.`;

/** What setInterval can wait for. */
const LONGEST_INTERVAL = 2 ** 31 - 1;
const MOST_MESSAGES = 10_000_000;

/**
 * @param {string[]} args
 * @returns {{ options: Options, help: boolean, fault?: string }}
 */
function readOptions(args) {
  const options = { messages: 5, interval: 1000 };
  try {
    const { values } = parseArgs({
      args,
      options: {
        messages: { type: 'string' },
        interval: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { options, help: true };
    options.messages = wholeNumber('--messages', values.messages ?? '5', 1, MOST_MESSAGES);
    options.interval = wholeNumber('--interval', values.interval ?? '1000', 0, LONGEST_INTERVAL);
    return { options, help: false };
  } catch (error) {
    return { options, help: false, fault: /** @type {Error} */ (error).message };
  }
}

/**
 * @param {string} option
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(option, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new RangeError(`${option} is '${text}', not a whole number from ${least} to ${most}`);
}

module.exports = { HELP, readOptions };
