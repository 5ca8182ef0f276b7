// @ts-check
'use strict';

const { inputMessage } = require('../message/input_message');
const { decode } = require('./property_bag');

/** A warning: its code, what is so, and what it means. */
const INPUTS_SUSPENDED = /** @type {const} */ ([
  'WARN_IOT_INPUTS_SUSPENDED',
  'Messages to the inputs are not taken: they wait at the gateway until somebody listens',
  'The gateway keeps them for as long as its time to live says, two hours by default.',
]);

/**
 * Messages to the inputs of a module: `devices/{d}/modules/{m}/inputs/{input}/{bag}` (device-sdk.md §3.7). The name of the
 * input is not decoded, and the slash behind it stands there also without properties.
 *
 * @param {(message: import('../message/input_message').InputMessage, settle: () => void) => void} deliver
 * @returns {import('./topics').Row}
 */
function inputsRow(deliver) {
  return {
    qos: 1,
    prefix: ({ inputsTopic }) => inputsTopic,
    receive: (rest, payload, settle) => {
      const [, input, bag] = /^([^/]*)\/(.*)$/s.exec(rest) ?? [];
      if (input === undefined) settle();
      else deliver(decode(bag, inputMessage(input, payload)), settle);
    },
  };
}

module.exports = { INPUTS_SUSPENDED, inputsRow };
