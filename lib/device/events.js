// @ts-check
'use strict';

/**
 * Events of the interface of azure-iot-device that devices and modules of `connect()` do not have, and what there is in their
 * place. Whoever listens to one would wait for ever.
 *
 * @type {Map<string | symbol, string>}
 */
const IN_PLACE_OF = new Map([
  ['message', 'Messages come by: for await (const message of device.messages()) { … }'],
  ['inputMessage', 'Messages to inputs come by: for await (const message of module.inputs) { … }'],
  ['properties.desired', 'Changes come by: for await (const change of await device.twin()) { … }'],
]);

/**
 * @param {import('../plumbing/warning').Warnings} warnings
 * @param {string | symbol} event That somebody listens to.
 */
function warnOfEvent(warnings, event) {
  const instead = IN_PLACE_OF.get(event);
  if (instead === undefined) return;
  const message = `What connect() gives has no event ${JSON.stringify(event)}, which is one of Client and ModuleClient`;
  warnings.warn('WARN_IOT_EVENT', message, instead);
}

module.exports = { warnOfEvent };
